using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Feeds;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>
/// What an entry is about, and what is to be seen of that when the entry is read (T0). What is not to be seen by then, and what has ceased to be
/// visible, has no content.
/// </summary>
/// <param name="Region">Whose case it is; null of a joint regional meeting.</param>
/// <param name="CaseId">Null of a joint regional meeting.</param>
/// <param name="NoticeId">Of a notice, and of its acknowledgement.</param>
/// <param name="MeetingId">Of a joint regional meeting.</param>
/// <param name="Case">As it stands now.</param>
/// <param name="Notice">As it stands now.</param>
/// <param name="Meeting">As it stands now; its agenda and its minutes are read from the meeting itself.</param>
public sealed record NationalChange(
    NotifyingRegion? Region, Guid? CaseId, Guid? NoticeId, Guid? MeetingId, ChangedCase? Case, ChangedNotice? Notice, GivenAcknowledgement? Acknowledgement, ChangedMeeting? Meeting);

/// <param name="Category">LfU's category.</param>
/// <param name="Step">3–5.</param>
/// <param name="StepEvent">The step's triggering event in the edition's own words.</param>
/// <param name="StepSince">When the case entered the step, UTC.</param>
/// <param name="Block">A block that is decided or in force: scope and last day.</param>
/// <param name="ResponsibleAddress">The contract owner's function address; questions go there.</param>
/// <param name="Preliminary">True until the supplier has been informed of the step and its time to comment has passed.</param>
/// <param name="NoticeExpiresAt">When the standing notice expires, UTC; null while none stands.</param>
public sealed record ChangedCase(
    NationalSupplier Supplier,
    string Category,
    string Ladder,
    int Step,
    Text StepEvent,
    DateTimeOffset StepSince,
    Trigger Trigger,
    SignalledBlock? Block,
    bool Disputed,
    bool SupplierStatementAttached,
    string ResponsibleAddress,
    bool Preliminary,
    DateTimeOffset? NoticeExpiresAt);

/// <param name="Number">Its place among the case's notices, from 1.</param>
/// <param name="IssuedAt">UTC.</param>
/// <param name="Provisional">True when it was issued before the supplier's time to comment had passed, and is not confirmed.</param>
/// <param name="ExpiresAt">UTC (R-N7).</param>
/// <param name="Recipients">Those for whom the caller reads that it was sent to, by key, such as <c>region:13</c>.</param>
public sealed record ChangedNotice(
    int Number, NoticeKind Kind, DateTimeOffset IssuedAt, bool Provisional, DateTimeOffset ExpiresAt, NationalNoticePayload Payload, IReadOnlyList<string> Recipients);

/// <param name="Recipient">Who acknowledged, by key, such as <c>region:13</c>.</param>
/// <param name="AcknowledgedAt">UTC.</param>
/// <param name="AcknowledgedBy">The function that acknowledged it.</param>
public sealed record GivenAcknowledgement(string Recipient, DateTimeOffset AcknowledgedAt, string AcknowledgedBy);

/// <param name="CalledBy">Who called it, by key: a region, or <c>coordination</c>.</param>
/// <param name="StartsAt">UTC.</param>
public sealed record ChangedMeeting(
    JointMeetingState State, JointMeetingSupplier Supplier, DateTimeOffset StartsAt, string CalledBy, IReadOnlyList<NotifyingRegion> InvitedRegions);

/// <summary>What became, changed or ceased to be visible across the regions, for each reader what it may see.</summary>
internal static class Changes
{
    private const string Feed = "national";
    private static readonly TimeSpan UntilThePrimaryAnswers = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UntilAPlaceIsFree = TimeSpan.FromSeconds(1);

    public static void Map(RouteGroupBuilder register) => register.MapGet("/changes", List)
        .WithTags("Changes")
        .RequiresPurpose(Purposes.Codes)
        .IsFeedOf(NationalChangeTypes.All)
        .WithName("listNationalChanges")
        .Describe("Följ ändringarna / Follow the changes",
            "Vad som blev, ändrades och upphörde att vara synligt för anroparen, exakt en gång och äldst först, som CloudEvents 1.0: ärenden på steg 3–5, information till Sveriges Regioner, kvittenser och regiongemensamma möten. "
            + "Innehållet är det som syns när posten läses; det som inte längre syns har inget, bara sina id. Ny information om ett ärende tar den tidigares plats, som upphör. "
            + "Följ `_links.next`, som alltid finns, också när det ännu inte finns något mer. Efter en återställning av databasen kan en cursor ge 410 med `restart`, varifrån inget hoppas över; det som kommer igen har samma `id`. "
            + "En cursor gäller i 90 dagar efter att flödets slut lästes; sedan ger den 410, och `restart` är flödets början med allt som fortfarande syns: stryk det som inte kommer igen. "
            + "Om ett ärende vars signal och information har upphört berättar flödet i 90 dagar efter varje ändring; en webhook som varit avstängd längre än så behöver läsa registret på nytt. "
            + "Varje läsning loggas; att vänta med `wait` är en läsning när väntan börjar och en när något har kommit. "
            + "What became, changed and ceased to be visible to the caller, exactly once and oldest first, as CloudEvents 1.0: cases at steps 3–5, notices, acknowledgements and joint regional meetings. "
            + "The content is what is visible when the entry is read; what no longer is has none, only its ids. A new notice of a case takes the place of the earlier one, which ceases. "
            + "Follow `_links.next`, which is always there, also when there is nothing more yet. After a restore of the database a cursor may be answered with 410 and `restart`, from where nothing is skipped; what comes again has the same `id`. "
            + "A cursor holds for 90 days after the end of the feed was read; then it is answered with 410, and `restart` is the beginning of the feed with all that is still visible: drop what does not come again. "
            + "Of a case whose signal and notice are gone the feed tells for 90 days after each change; a webhook that was disabled for longer needs to read the register anew. "
            + "Each reading is logged; waiting with `wait` is one reading when it begins and one when something has come.")
        .WithResponseExample(200, Examples.ChangePart);

    private static async Task<IResult> List(FeedRequest feed, NationalFeed changes, FeedCursors cursors, LongPoll poll, HttpContext http, TimeProvider time)
    {
        if (feed.Cursor is { } text && !FeedCursors.IsCursor(text))
            return Problems.Field(http, "cursor", "format", new("Ska vara en cursor ur ett tidigare svar.", "Must be a cursor of an earlier answer."));
        var now = Readers.Now(time);
        var from = feed.Cursor is { } cursor ? cursors.Open(Feed, cursor) : new FeedCursor(FeedPosition.Beginning, now);
        if (from is not { } opened || opened.GivenOut <= now - NationalFeed.CursorsHold)
            return FeedAnswers.CursorGone(http, feed, null);
        var start = opened.Position;

        using var waiting = poll.PlaceFor(http.Caller().ClientId, feed.Wait);
        if (waiting is null)
            return Problems.TooManyRequests(http, UntilAPlaceIsFree);
        var page = await poll.ReadAsync(
            feed.Wait,
            (after, ct) => changes.ReadAsync(Now(), after ?? start, after is null ? feed.Since : null, feed.Types, feed.Limit, asked: true, ct),
            (after, ct) => changes.GoesOnAsync(Now(), after ?? start, after is null ? feed.Since : null, feed.Types, ct),
            http.RequestAborted);
        if (page.IsStandby)
            return Problems.Unavailable(http, UntilThePrimaryAnswers);
        if (page.CursorIsGone)
            return FeedAnswers.CursorGone(http, feed, start.At - FeedPosition.Margin);
        http.Response.Headers.CacheControl = "no-store";
        // Sealed anew also where nothing has come, so that it holds for whoever keeps asking; but for whoever is still behind it is no younger, since
        // what it has not read yet may cease to be told.
        var next = page.Read ?? (start.IsAnEntry ? start : null);
        return Results.Ok(feed.Response(
            http, [.. page.Changes.Select(c => (CloudEvent<NationalChange>)c.Event)],
            next is { } place ? cursors.Seal(Feed, place, page.IsToTheEnd ? now : opened.GivenOut) : null));

        Reading Now() => Readers.Reading(http, time, "listChanges");
    }
}

/// <summary>How an entry is read with what is to be seen of it.</summary>
internal static class ToldChanges
{
    private const string Source = $"/{CoordinationApi.Name}/v1";

    /// <summary>
    /// The SELECT of the entries <c>p</c> with their content, up to the instant of the reading; a notice's columns are as in <see cref="NationalNotices"/>,
    /// and a case's that say the same have the same names.
    /// </summary>
    public const string Columns =
        """
        SELECT p.*, CASE WHEN p.kind <> 'meeting' THEN p.region WHEN m.convener LIKE 'region:%' THEN substr(m.convener, 8) END AS object_region,
        CASE p.kind WHEN 'acknowledgement' THEN 'notice' ELSE p.kind END AS object_kind,
        CASE WHEN coalesce(c.case_id, n.case_id, a.case_id, m.id) IS NOT NULL THEN 'T0' END AS tier,
        c.case_id AS seen_case, n.notice_id AS seen_notice, n.number AS told_number, n.kind AS told_kind, n.issued_at AS told_at,
        n.expires_at AS told_until, n.provisional AS told_provisional, coalesce(c.supplier_id, n.supplier_id) AS told_supplier_id,
        coalesce(c.supplier_number, n.supplier_number) AS told_supplier_number, coalesce(c.supplier_name, n.supplier_name) AS told_supplier_name,
        coalesce(c.category, n.category) AS told_category, coalesce(c.ladder_version, n.ladder_version) AS told_ladder, coalesce(c.step, n.step) AS told_step,
        coalesce(c.step_since, n.step_since) AS told_step_since, coalesce(c.trigger_code, n.trigger_code) AS told_trigger, coalesce(c.block, n.block) AS told_block,
        coalesce(c.disputed, n.disputed) AS told_disputed, coalesce(c.supplier_statement_attached, n.supplier_statement_attached) AS told_statement,
        coalesce(c.responsible_address, n.responsible_address) AS told_address, c.preliminary, c.notice_expires_at,
        a.recipient, a.at AS acknowledged_at, a.acknowledged_by, m.data::text AS meeting,
        ARRAY(SELECT r.recipient FROM national_recipients r WHERE r.region = p.region AND r.case_id = p.object_id AND r.notice_id = n.notice_id ORDER BY 1) AS sent_to,
        ARRAY(SELECT d.recipient FROM national_disclosures d WHERE d.region = p.region AND d.case_id = p.object_id AND d.expires_at >
        """;

    /// <summary>The rest of it. What is removed has no content, whatever has become of it since.</summary>
    public const string From =
        """
        ) AS disclosed_to FROM page p
        LEFT JOIN national_cases c ON p.type IN ('national-case-appeared.v1', 'national-case-changed.v1') AND c.region = p.region AND c.case_id = p.object_id
        LEFT JOIN national_notices n ON p.type IN ('national-notice-appeared.v1', 'national-notice-changed.v1')
            AND n.region = p.region AND n.case_id = p.object_id AND n.notice_id = p.notice_id
        LEFT JOIN national_acknowledgements a ON p.kind = 'acknowledgement' AND a.region = p.region AND a.notice_id = p.notice_id AND a.recipient = p.audience[1]
            AND EXISTS (SELECT FROM national_notices x WHERE x.region = p.region AND x.case_id = p.object_id AND x.notice_id = p.notice_id)
        LEFT JOIN national_meetings m ON p.kind = 'meeting' AND m.id = p.object_id
        """;

    public static Change Of(NpgsqlDataReader r, Reading reading)
    {
        var (id, type, at, about) = (r.Get<Guid>("id"), r.Get<string>("type"), r.Get<DateTimeOffset>("at"), r.Get<Guid>("object_id"));
        var (region, isMeeting) = (r.Get<string>("region"), r.Get<string>("kind") == "meeting");
        var data = isMeeting
            ? new NationalChange(null, null, null, about, null, null, null, MeetingOf(r, reading))
            : new NationalChange(NationalNotices.RegionOf(region), about, r.Find<Guid>("notice_id"), null, CaseOf(r, reading), NoticeOf(r, reading), AcknowledgementOf(r, reading), null);
        return new Change(new FeedPosition(r.Get<ulong>("transaction_id"), r.Get<long>("seq_id"), id, at), about, type,
            new CloudEvent<NationalChange>(id, Source, type, isMeeting ? $"joint-meetings/{about}" : $"cases/{region}/{about}", at, data));
    }

    private static ChangedCase? CaseOf(NpgsqlDataReader r, Reading reading)
    {
        if (r.Find<Guid>("seen_case") is null)
            return null;
        var (says, sees) = (NationalNotices.PayloadOf(r), Sees(r, reading));
        return !NationalCases.Always.All(sees) ? null : new ChangedCase(
            says.Supplier, says.Category, says.Ladder, says.Step!.Value, says.StepEvent!, says.StepSince!.Value, says.Trigger!.Value, sees(NationalField.Block) ? says.Block : null,
            says.Disputed, says.SupplierStatementAttached, says.ResponsibleAddress, r.Get<bool>("preliminary"),
            sees(NationalField.NoticeExpiresAt) ? r.Find<DateTimeOffset>("notice_expires_at") : null);
    }

    private static ChangedNotice? NoticeOf(NpgsqlDataReader r, Reading reading) =>
        r.Find<Guid>("seen_notice") is null || !Sees(r, reading)(NationalField.Notice) ? null : new ChangedNotice(
            r.Get<int>("told_number"), Codes.Parse<NoticeKind>(r.Get<string>("told_kind")), r.Get<DateTimeOffset>("told_at"), r.Get<bool>("told_provisional"),
            r.Get<DateTimeOffset>("told_until"), NationalNotices.PayloadOf(r), [.. r.Get<string[]>("sent_to").Intersect(reading.Readers.Select(x => x.Key))]);

    /// <summary>R-N6.</summary>
    private static GivenAcknowledgement? AcknowledgementOf(NpgsqlDataReader r, Reading reading) =>
        r.FindText("recipient") is { } recipient && reading.Readers.Any(x => NationalAccessPolicy.SeesAcknowledgement(x, recipient, r.Get<string>("region")))
            ? new GivenAcknowledgement(recipient, r.Get<DateTimeOffset>("acknowledged_at"), r.Get<string>("acknowledged_by"))
            : null;

    /// <summary>R-M2.</summary>
    private static ChangedMeeting? MeetingOf(NpgsqlDataReader r, Reading reading)
    {
        if (r.FindText("meeting") is not { } snapshot)
            return null;
        var m = JointMeetingEvents.ReadSnapshot(snapshot);
        return reading.Readers.Any(x => x.Kind == ReaderKind.Coordination || m.Bodies().Contains(x.Key))
            ? new ChangedMeeting(m.State, m.Content.Supplier, m.Content.StartsAt, m.CalledBy, [.. m.InvitedRegions.Select(NationalNotices.RegionOf)])
            : null;
    }

    private static Func<NationalField, bool> Sees(NpgsqlDataReader r, Reading reading) => Readers.Sees(
        reading.Readers, r.Find<short>("told_step"), r.FindText("told_supplier_number"), [], r.Get<string[]>("disclosed_to"), r.Get<string[]>("sent_to"));
}
