using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>By one of the two.</summary>
/// <param name="OrganisationNumber">Of a legal person.</param>
/// <param name="Id">The platform's id of a sole trader within the region that has the case.</param>
public sealed record MeetingSupplierRequest([TextLength(1, 50)] string? OrganisationNumber = null, Guid? Id = null);

/// <param name="Code">The region's code of Statistics Sweden, or a joint board's.</param>
public sealed record InvitedRegionRequest([TextLength(1, 20)] string Code);

/// <param name="Convener">The function that calls the meeting and draws up the minutes, never a person's name.</param>
/// <param name="StartsAt">UTC; in the future.</param>
/// <param name="InvitedRegions">Each with a contract with the supplier in force, or a case about it at steps 3–5 (R-M2).</param>
/// <param name="CalledBy">Who calls it, by key, such as <c>region:13</c>; only where the caller writes for several.</param>
public sealed record JointMeetingRequest(
    MeetingSupplierRequest Supplier,
    [TextLength(1, 200)] string Convener,
    DateTimeOffset StartsAt,
    [TextLength(1, 200)] string Place,
    [Items(1, 50)] IReadOnlyList<InvitedRegionRequest> InvitedRegions,
    [TextLength(1, 50)] string? CalledBy = null);

/// <param name="InvitedRegions">Regions not invited before, each concerned (R-M2).</param>
public sealed record InvitationRequest([Items(1, 50)] IReadOnlyList<InvitedRegionRequest> InvitedRegions);

public sealed record JointAgendaItemRequest([TextLength(1, 500)] string Text);

public sealed record JointAgendaRequest([Items(1, 100)] IReadOnlyList<JointAgendaItemRequest> Items);

/// <param name="Reader">The body that took part, by key, such as <c>region:13</c>: whoever called the meeting, or a region invited.</param>
/// <param name="Function">Never a person's name.</param>
public sealed record JointParticipantRequest([TextLength(1, 50)] string Reader, [TextLength(1, 200)] string Function);

public sealed record JointHoldingRequest([Items(1, 100)] IReadOnlyList<JointParticipantRequest> Participants);

public sealed record JointDecisionRequest([TextLength(1, 2000)] string Text);

/// <param name="Responsible">The body that is to do it by its key, such as <c>region:13</c>, or <c>supplier</c>.</param>
/// <param name="Due">Last day, Swedish calendar date; not before the meeting.</param>
public sealed record FollowUpRequest([TextLength(1, 2000)] string What, [TextLength(1, 50)] string Responsible, DateOnly Due);

/// <param name="Reference">The minutes in the records of whoever called the meeting.</param>
/// <param name="Decisions">What was decided, if anything.</param>
/// <param name="FollowUps">What is to be followed up, if anything.</param>
public sealed record JointMinutesRequest(
    [TextLength(1, 4000)] string Summary,
    [TextLength(1, 200)] string Reference,
    [Items(0, 100)] IReadOnlyList<JointDecisionRequest> Decisions,
    [Items(0, 100)] IReadOnlyList<FollowUpRequest> FollowUps);

public sealed record FollowUpReportRequest([TextLength(1, 2000)] string Account, [TextLength(1, 200)] string ReportedBy);

public sealed record JointMeetingCancellationRequest([TextLength(1, 2000)] string Reason);

/// <param name="Items">In order.</param>
/// <param name="PublishedAt">UTC.</param>
public sealed record JointAgenda(IReadOnlyList<string> Items, DateTimeOffset PublishedAt);

/// <param name="Number">Its place in the minutes, from 1.</param>
/// <param name="Responsible">A body by its key, or <c>supplier</c>.</param>
/// <param name="Due">Last day, Swedish calendar date.</param>
/// <param name="Overdue">True when the day has passed and nothing is reported.</param>
/// <param name="ReportedAt">UTC; null while it is not reported done.</param>
public sealed record FollowUp(int Number, string What, string Responsible, DateOnly Due, bool Overdue, DateTimeOffset? ReportedAt, string? Account, string? ReportedBy);

/// <param name="SentAt">UTC.</param>
public sealed record JointMeetingMinutes(string Summary, string Reference, DateTimeOffset SentAt, IReadOnlyList<string> Decisions, IReadOnlyList<FollowUp> FollowUps);

/// <summary>Regiongemensamt möte. Its minutes are T1, for whoever called it and the bodies that took part (R-M2).</summary>
/// <param name="CalledBy">Who called it, by key: a region, or <c>coordination</c>.</param>
/// <param name="Convener">The function that called it and draws up the minutes.</param>
/// <param name="StartsAt">UTC.</param>
/// <param name="Agenda">Null before it is published (R-M1).</param>
/// <param name="MinutesDue">The instant from which the minutes are overdue, UTC (R-M1); null before the meeting is held.</param>
/// <param name="MinutesOverdue">True while they are.</param>
/// <param name="Minutes">With the follow-ups and the reports on them; null before they are sent, and for those who neither called the meeting nor took part in it (R-M2).</param>
public sealed record JointMeetingResponse(
    Guid Id,
    JointMeetingSupplier Supplier,
    string CalledBy,
    string Convener,
    DateTimeOffset StartsAt,
    string Place,
    JointMeetingState State,
    IReadOnlyList<NotifyingRegion> InvitedRegions,
    JointAgenda? Agenda,
    IReadOnlyList<JointMeetingParticipant> Participants,
    DateTimeOffset? MinutesDue,
    bool MinutesOverdue,
    JointMeetingMinutes? Minutes,
    string? CancelledBecause,
    DateTimeOffset CalledAt,
    DateTimeOffset UpdatedAt,
    long Version,
    [property: JsonPropertyName("_links")] JointMeetingLinks Links)
{
    /// <param name="showsMinutes">Whether the readers are among those for whom the minutes are.</param>
    internal static JointMeetingResponse From(JointMeeting m, DateTimeOffset now, bool showsMinutes, HttpContext http) =>
        From(showsMinutes ? m : m with { Minutes = null }, now, Link.To(http, JointMeetingEndpoints.PathOf(m.Id)));

    internal static JointMeetingResponse From(JointMeeting m, DateTimeOffset now, Link self) => new(
        m.Id, m.Content.Supplier, m.CalledBy, m.Content.Convener, m.Content.StartsAt, m.Content.Place, m.State,
        [.. m.InvitedRegions.Select(code => new NotifyingRegion(code, Region.Find(code)!.Name))],
        m.AgendaPublishedAt is { } published ? new JointAgenda(m.Agenda, published) : null,
        m.Participants, m.MinutesDue, m.IsMinutesOverdue(now),
        m.Minutes is { } minutes
            ? new JointMeetingMinutes(minutes.Summary, minutes.Reference, m.MinutesSentAt!.Value, minutes.Decisions, [.. minutes.FollowUps.Select((f, i) => FollowUpOf(f, i + 1, m, now))])
            : null,
        m.CancelledBecause, m.CalledAt, m.UpdatedAt, m.Version, new JointMeetingLinks(self));

    private static FollowUp FollowUpOf(JointMeetingFollowUp f, int number, JointMeeting m, DateTimeOffset now)
    {
        var report = m.Reports.FirstOrDefault(r => r.Number == number);
        return new FollowUp(number, f.What, f.Responsible, f.Due, report is null && SwedishTime.EndOf(f.Due) <= now, report?.At, report?.Account, report?.ReportedBy);
    }
}

public sealed record JointMeetingLinks(Link Self);

/// <summary>Regiongemensamma möten (R-M1, R-M2).</summary>
internal static class JointMeetingEndpoints
{
    public static void Map(RouteGroupBuilder register)
    {
        var meetings = register.MapGroup("/joint-meetings").WithTags("JointMeetings");
        meetings.MapPost("", Call)
            .AllowRoles(Role.Handler, Role.Coordinator)
            .IsCommand()
            .ReturnsETag()
            .WithName("callJointMeeting")
            .Describe("Kalla till ett regiongemensamt möte / Call a joint regional meeting",
                "En region som berörs av leverantören, eller den nationella samordningsgruppen, kallar regioner som berörs: med gällande avtal eller ärende på steg 3–5 (R-M2). Vilka som berörs läses över regiongränserna och loggas. "
                + "A region that is concerned with the supplier, or the national coordination group, invites regions that are: with a contract in force or a case at steps 3–5 (R-M2). Which ones are is read across regions and logged.")
            .WithRequestExample(Examples.CallJointMeeting)
            .WithResponseExample(201, Examples.JointMeeting);
        meetings.MapGet("", List)
            .RequiresPurpose(Purposes.Codes)
            .WithName("listJointMeetings")
            .Describe("Lista regiongemensamma möten / List joint regional meetings",
                "De möten som anroparen har kallat till eller är inbjuden till, de senaste först; filter `supplier`, `state`, `from`. Samordningsgruppen ser alla. Minnesanteckningarna visas för den som har kallat och de organisationer som deltog (R-M2). "
                + "The meetings that the caller has called or is invited to, latest first; filters `supplier`, `state`, `from`. The coordination group sees all of them. The minutes are shown to whoever called the meeting and the bodies that took part (R-M2).")
            .WithResponseExample(200, Examples.JointMeetingPage);
        meetings.MapGet("/{id:guid}", Get)
            .RequiresPurpose(Purposes.Codes)
            .ReturnsETag()
            .WithName("getJointMeeting")
            .Describe("Hämta ett regiongemensamt möte / Get a joint regional meeting",
                "För den som har kallat till det, de inbjudna regionerna och samordningsgruppen; för andra finns det inte. Minnesanteckningarna med sina uppföljningspunkter visas för den som har kallat och de organisationer som deltog (R-M2). "
                + "For whoever called it, the regions invited and the coordination group; to others it does not exist. The minutes with their follow-ups are shown to whoever called it and the bodies that took part (R-M2).")
            .WithResponseExample(200, Examples.JointMeeting);

        meetings.MapPost("/{id:guid}/invitations", (Guid id, InvitationRequest body, NationalCommands commands, HttpContext http, TimeProvider time) => commands.RunAsync(
                http, Writers(http), query =>
                {
                    var facts = new RegisterQuery();
                    // Nobody else is told which regions are concerned: whoever did not call the meeting invites nobody.
                    var about = string.Join(' ', "SELECT m.supplier_number, m.supplier_id FROM national_meetings m WHERE m.id =", facts.Parameter(id, NpgsqlDbType.Uuid),
                        "AND m.convener = ANY(", facts.Parameter(Writers(http).Select(w => w.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar), ")");
                    var concerned = Concerned(query, facts.Noting("meeting", id), about, body.InvitedRegions, "inviteRegions", http, time);
                    return OnMeeting(query, id, http, () => new InviteRegions([.. body.InvitedRegions.Select(r => r.Code)], concerned()));
                }))
            .IsChange("inviteRegions", "Bjud in fler regioner / Invite further regions",
                "Tills mötet är hållet; var och en ska vara berörd (R-M2), vilket loggas som en läsning. Until the meeting is held; each is to be concerned (R-M2), which is logged as a reading.",
                new InvitationRequest([new InvitedRegionRequest("12")]));
        MapChange<JointAgendaRequest>(meetings, "agendas", body => new PublishJointAgenda([.. body.Items.Select(i => i.Text)]))
            .IsChange("publishJointAgenda", "Publicera dagordningen / Publish the agenda",
                "Innan mötet börjar (R-M1); en ny ersätter den förra. Before the meeting starts (R-M1); a new one replaces it.",
                new JointAgendaRequest([new JointAgendaItemRequest("Leveransläget per region"), new JointAgendaItemRequest("Gemensam uppföljning")]));
        MapChange<JointHoldingRequest>(meetings, "holdings", body => new HoldJointMeeting([.. body.Participants.Select(p => new JointMeetingParticipant(p.Reader, p.Function))]))
            .IsChange("holdJointMeeting", "Registrera att mötet är hållet / Record that the meeting was held",
                "Kräver en dagordning som publicerats före mötets början (R-M1). Deltar gör den som kallat och de inbjudna regionerna (R-M2). Minnesanteckningar ska skickas inom fem arbetsdagar. "
                + "Needs an agenda published before the start (R-M1). Whoever called it and the regions invited take part (R-M2). The minutes are due within five working days.",
                new JointHoldingRequest([new JointParticipantRequest("region:08", "Kategoriledare"), new JointParticipantRequest("region:13", "Avtalsansvarig")]));
        MapChange<JointMinutesRequest>(meetings, "minutes", body => new SendJointMinutes(new JointMinutes(body.Summary, body.Reference, [.. body.Decisions.Select(d => d.Text)],
                [.. body.FollowUps.Select(f => new JointMeetingFollowUp(f.What, f.Responsible, f.Due))])))
            .IsChange("sendJointMinutes", "Registrera minnesanteckningar / Record the minutes",
                "Minnesanteckningarna visas för den som har kallat till mötet och de organisationer som deltog (R-M2). The minutes are shown to whoever called the meeting and the bodies that took part (R-M2).",
                new JointMinutesRequest("Regionerna redovisade leveransläget; leverantören har samma brister i båda.", "26RK1024-31",
                    [new JointDecisionRequest("Leveransprecisionen följs upp gemensamt varje månad.")],
                    [new FollowUpRequest("Sammanställ leveransprecisionen för alla berörda regioner.", "region:13", new DateOnly(2026, 6, 30))]));
        meetings.MapPost("/{id:guid}/follow-ups/{number:int}/reports", (Guid id, int number, FollowUpReportRequest body, NationalCommands commands, HttpContext http) =>
                commands.RunAsync(http, Writers(http), query => OnMeeting(query, id, http, () => new ReportFollowUp(number, body.Account, body.ReportedBy))))
            .IsChange("reportFollowUp", "Rapportera en uppföljningspunkt som klar / Report a follow-up as done",
                "En gång per punkt i minnesanteckningarna. Once for each follow-up of the minutes.",
                new FollowUpReportRequest("Sammanställningen är skickad till alla deltagande regioner.", "Avtalsansvarig"));
        MapChange<JointMeetingCancellationRequest>(meetings, "cancellations", body => new CancelJointMeeting(body.Reason))
            .IsChange("cancelJointMeeting", "Ställ in mötet / Cancel the meeting",
                "Ett möte som inte är hållet ställs in, med skäl. A meeting that has not been held is cancelled, with a reason.",
                new JointMeetingCancellationRequest("Leverantören har återställt leveranserna; mötet behövs inte."));
    }

    public static string PathOf(Guid id) => $"/{CoordinationApi.Name}/v1/joint-meetings/{id}";

    private static RouteHandlerBuilder MapChange<TBody>(RouteGroupBuilder meetings, string change, Func<TBody, JointMeetingCommand> command) where TBody : class =>
        meetings.MapPost("/{id:guid}/" + change, (Guid id, TBody body, NationalCommands commands, HttpContext http) =>
            commands.RunAsync(http, Writers(http), query => OnMeeting(query, id, http, () => command(body))));

    private static void IsChange(this RouteHandlerBuilder endpoint, string name, string summary, string description, object example) => endpoint
        .ChangesWhatHasAVersion(Role.Handler, Role.Coordinator)
        .WithName(name)
        .Describe(summary, description)
        .WithRequestExample(example)
        .WithResponseExample(200, Examples.JointMeeting);

    /// <summary>Regions call meetings, and the coordination group.</summary>
    private static IReadOnlyList<NationalReader> Writers(HttpContext http) =>
        [.. Readers.Writers(http.Caller()).Where(r => r.Kind is ReaderKind.Region or ReaderKind.Coordination)];

    private static Task<IResult> Call(JointMeetingRequest body, NationalCommands commands, HttpContext http, TimeProvider time)
    {
        var writers = Writers(http);
        return commands.RunAsync(http, writers, query =>
        {
            var supplier = new JointMeetingSupplier(
                body.Supplier.OrganisationNumber is { } number ? SupplierNumber.Normalise(number) ?? number : null, body.Supplier.Id);
            var facts = new RegisterQuery();
            var about = string.Join(' ', "SELECT", facts.Parameter(supplier.OrganisationNumber, NpgsqlDbType.Varchar), "AS supplier_number,",
                facts.Parameter(supplier.Id, NpgsqlDbType.Uuid), "AS supplier_id");
            // A number of the form of a personal identity number is in no log.
            facts.Noting("supplier", SupplierKey.Parse(supplier.OrganisationNumber).Number).Noting("supplier", supplier.Id);
            var concerned = Concerned(query, facts, about, body.InvitedRegions, "callJointMeeting", http, time);
            return now =>
            {
                if ((body.CalledBy ?? (writers.Count == 1 ? writers[0].Key : null)) is not { } calledBy || writers.All(w => w.Key != calledBy))
                    return new NationalOutcome.Rejected([Rejection.InField("calledBy", body.CalledBy is null ? "required" : "notYours",
                        $"Ange för vem: {string.Join(", ", writers.Select(w => w.Key))}.", $"State for whom: {string.Join(", ", writers.Select(w => w.Key))}.")]);
                var decision = JointMeetings.Decide(new CallJointMeeting(Guid.CreateVersion7(now), calledBy,
                    new JointMeetingContent(supplier, body.Convener, body.StartsAt, body.Place), [.. body.InvitedRegions.Select(r => r.Code)], concerned()), null, now);
                if (decision.IsRejected)
                    return new NationalOutcome.Rejected(decision.Rejections);
                var (after, writes) = JointMeetingStore.Append(null, decision.Events, http.Caller().ClientId);
                return new NationalOutcome.Accepted(StatusCodes.Status201Created, Link.Absolute(http, PathOf(after.Id)), after.Version,
                    JointMeetingResponse.From(after, now, showsMinutes: true, http), writes);
            };
        });
    }

    /// <summary>A command on a meeting that is there: it takes the meeting's ETag and answers with the meeting as it stands then.</summary>
    private static Func<DateTimeOffset, NationalOutcome> OnMeeting(NationalQuery query, Guid id, HttpContext http, Func<JointMeetingCommand> command)
    {
        var found = query.Rows("SELECT data::text FROM national_meetings WHERE id = $1", r => JointMeetingEvents.ReadSnapshot(r.GetString(0)), NationalCommands.Value(id));
        return now =>
        {
            if (found() is not [var before])
                return new NationalOutcome.Absent();
            // Whoever is invited sees it; whoever called it changes it.
            if (Writers(http).All(w => w.Key != before.CalledBy))
                return new NationalOutcome.Problem(Problems.Forbidden(http));
            if (NationalCommands.Against(http, before.Version) is { } stale)
                return new NationalOutcome.Problem(stale);
            // Time never runs backwards within a stream, even on a host whose clock runs behind another's.
            now = now > before.UpdatedAt ? now : before.UpdatedAt;
            var decision = JointMeetings.Decide(command(), before, now);
            if (decision.IsRejected)
                return new NationalOutcome.Rejected(decision.Rejections);
            var (after, writes) = JointMeetingStore.Append(before, decision.Events, http.Caller().ClientId);
            return new NationalOutcome.Accepted(StatusCodes.Status200OK, null, after.Version, JointMeetingResponse.From(after, now, showsMinutes: true, http), writes);
        };
    }

    /// <summary>
    /// The codes of the regions that have to do with the supplier. That is read across regions, and a refusal and a dry run tell it too: so it is logged
    /// by the statement that reads it, with the regions invited that are.
    /// </summary>
    /// <param name="facts">Knows the parameters of <paramref name="about"/>, and what was asked for.</param>
    /// <param name="about">A SELECT of <c>supplier_number</c> and <c>supplier_id</c>; no row where the caller is told nothing.</param>
    private static Func<IReadOnlyList<string>> Concerned(
        NationalQuery query, RegisterQuery facts, string about, IEnumerable<InvitedRegionRequest> invited, string operation, HttpContext http, TimeProvider time)
    {
        var reading = new Reading(http.Caller(), Readers.Of(http.Caller()), "jointMeeting", operation, Readers.Now(time));
        string[] known = [.. invited.Select(r => r.Code).Where(code => Region.Find(code) is not null).Distinct()];
        foreach (var code in known)
            facts.Noting("invited", code);
        return query.Rows(string.Join('\n',
            "WITH about AS (", about, "),",
            "concerned AS (SELECT k.region FROM about s JOIN national_contracts k ON k.supplier_number = s.supplier_number",
            "WHERE coalesce(k.valid_until, 'infinity') >=", facts.Parameter(SwedishTime.DateOf(reading.At), NpgsqlDbType.Date),
            "UNION SELECT o.region FROM about s JOIN national_cases o ON o.supplier_number = s.supplier_number OR o.supplier_id = s.supplier_id),",
            "objects AS (SELECT region AS object_region, 'contract'::varchar AS object_kind, NULL::uuid AS object_id, 'T0'::varchar AS tier, NULL::varchar AS basis",
            "FROM concerned WHERE region = ANY(", facts.Parameter(known, NpgsqlDbType.Array | NpgsqlDbType.Varchar), ")),",
            RegisterReader.Log(reading, facts),
            "SELECT region FROM concerned"), r => r.GetString(0), facts);
    }

    private static async Task<IResult> List(
        PageRequest page, RegisterReader register, HttpContext http, TimeProvider time, [TextLength(1, 50)] string? supplier = null, Code<JointMeetingState>? state = null,
        Instant? from = null)
    {
        var query = new RegisterQuery()
            .Where(SupplierKey.Parse(supplier), "m")
            .Where("state", "m.state =", state?.ToString(), NpgsqlDbType.Varchar)
            .Where("from", "m.starts_at >=", from?.Value, NpgsqlDbType.TimestampTz);
        var (meetings, total) = await ReadAsync(register, Readers.Reading(http, time, "listJointMeetings"), query, page.Limit, page.Offset, http);
        return Results.Ok(page.Response(http, meetings, total));
    }

    private static async Task<IResult> Get(Guid id, RegisterReader register, HttpContext http, TimeProvider time)
    {
        var query = new RegisterQuery().Where("meeting", "m.id =", id, NpgsqlDbType.Uuid);
        var (meetings, _) = await ReadAsync(register, Readers.Reading(http, time, "getJointMeeting"), query, 1, 0, http);
        if (meetings is not [var found])
            return Problems.NotFound(http);
        http.SetETag(found.Version);
        return Results.Ok(found);
    }

    private static Task<(IReadOnlyList<JointMeetingResponse> Meetings, long Total)> ReadAsync(
        RegisterReader register, Reading reading, RegisterQuery query, long limit, long offset, HttpContext http)
    {
        var readers = query.Parameter(reading.Readers.Select(r => r.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar);
        var matching = string.Join('\n',
            "SELECT CASE WHEN m.convener LIKE 'region:%' THEN substr(m.convener, 8) END AS object_region, 'meeting' AS object_kind, m.id AS object_id, NULL AS basis,",
            // The minutes are for whoever called the meeting and those who took part: the answer shows them where the log says T1, and nowhere else.
            "CASE WHEN m.state = 'minutesSent' AND (m.convener = ANY(", readers, ") OR m.participants && ", readers, ") THEN 'T1' ELSE 'T0' END AS tier,",
            "m.starts_at, m.data::text AS data FROM national_meetings m WHERE", query.Conditions);
        return register.ReadAsync(
            reading, query, matching, "starts_at DESC, object_id", limit, offset,
            r => JointMeetingResponse.From(JointMeetingEvents.ReadSnapshot(r.Get<string>("data")), reading.At, r.Get<string>("tier") == "T1", http), http.RequestAborted);
    }
}
