using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <param name="NoticeId">The notice that was read; the one that stands.</param>
/// <param name="AcknowledgedBy">The function that acknowledges it, never a person's name.</param>
/// <param name="Recipient">For whom, by key, such as <c>region:13</c>; only where the caller writes for several.</param>
public sealed record AcknowledgementRequest(Guid NoticeId, [TextLength(1, 200)] string AcknowledgedBy, [TextLength(1, 50)] string? Recipient = null);

/// <param name="Recipient">By key, such as <c>region:13</c> or <c>coordination</c>.</param>
/// <param name="AcknowledgedAt">UTC.</param>
public sealed record Acknowledgement(Guid NoticeId, string Recipient, DateTimeOffset AcknowledgedAt, string AcknowledgedBy);

/// <param name="Recipient">By key, such as <c>region:13</c> or <c>coordination</c>.</param>
/// <param name="AcknowledgedAt">UTC; null while it is not acknowledged, or where the caller may not know.</param>
public sealed record RecipientStatus(string Recipient, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy);

/// <summary>Who has acknowledged what the regions were told last of a case.</summary>
/// <param name="Number">The notice's place among the case's notices, from 1.</param>
/// <param name="RemindAt">The instant from which a recipient that has not acknowledged is reminded, UTC (R-N6).</param>
/// <param name="Recipients">All of them for the national group, the own ones for everybody else.</param>
public sealed record NoticeAcknowledgements(
    Guid NoticeId, int Number, NoticeKind Kind, DateTimeOffset IssuedAt, DateTimeOffset RemindAt, IReadOnlyList<RecipientStatus> Recipients);

/// <summary>Kvittenser (R-N6).</summary>
internal static class Acknowledgements
{
    public static void Map(RouteGroupBuilder register)
    {
        var acknowledgements = register.MapGroup("/cases/{region}/{id:guid}/acknowledgements").WithTags("Cases");
        acknowledgements.MapGet("", Get)
            .RequiresPurpose(Purposes.Codes)
            .WithName("getAcknowledgements")
            .Describe("Hämta kvittenserna / Get the acknowledgements",
                "Vilka mottagare som har kvitterat den information som gäller: alla för den nationella samordningsgruppen, de egna för övriga. Which recipients have acknowledged the notice that stands: all of them for the national coordination group, the own ones for everybody else.")
            .WithResponseExample(200, Examples.Acknowledgements);
        acknowledgements.MapPost("", Acknowledge)
            .AllowRoles(Role.Handler, Role.Coordinator, Role.NationalOffice, Role.Partner)
            .IsCommand()
            .WithName("acknowledgeNotice")
            .Describe("Kvittera en information / Acknowledge a notice",
                "En mottagare kvitterar den information till Sveriges Regioner som gäller (R-N6). Att kvittera igen ger den första kvittensen. A recipient acknowledges the notice that stands (R-N6). Acknowledging it again gives the first acknowledgement.")
            .WithRequestExample(new AcknowledgementRequest(Examples.Acknowledgement.NoticeId, Examples.Acknowledgement.AcknowledgedBy))
            .WithResponseExample(200, Examples.Acknowledgement)
            .WithResponseExample(201, Examples.Acknowledgement);
    }

    private static Task<IResult> Acknowledge(
        [TextLength(1, 20)] string region, Guid id, AcknowledgementRequest body, NationalCommands commands, HttpContext http)
    {
        var writers = Readers.Writers(http.Caller());
        return commands.RunAsync(http, writers, query =>
        {
            var notice = query.Rows(
                """
                SELECT n.notice_id, n.issued_at, ARRAY(SELECT r.recipient FROM national_recipients r WHERE r.region = n.region AND r.case_id = n.case_id) AS sent_to
                FROM national_notices n WHERE n.region = $1 AND n.case_id = $2
                """, r => (Id: r.Get<Guid>("notice_id"), At: r.Get<DateTimeOffset>("issued_at"), SentTo: r.Get<string[]>("sent_to")),
                NationalCommands.Value(region), NationalCommands.Value(id));
            var given = query.Rows(
                "SELECT recipient, at, acknowledged_by FROM national_acknowledgements WHERE region = $1 AND notice_id = $2",
                r => new Acknowledgement(body.NoticeId, r.Get<string>("recipient"), r.Get<DateTimeOffset>("at"), r.Get<string>("acknowledged_by")),
                NationalCommands.Value(region), NationalCommands.Value(body.NoticeId));
            return now =>
            {
                if (notice() is not [var standing])
                    return new NationalOutcome.Absent();
                var recipient = body.Recipient ?? (writers.Count == 1 ? writers[0].Key : null);
                if (Against(body.NoticeId, recipient, standing.Id, standing.SentTo, [.. writers.Select(w => w.Key)], region, id) is { } rejection)
                    return new NationalOutcome.Rejected([rejection]);
                if (given().FirstOrDefault(a => a.Recipient == recipient) is { } first)
                    return new NationalOutcome.Accepted(StatusCodes.Status200OK, null, null, first);
                var at = now > standing.At ? now : standing.At;
                return new NationalOutcome.Accepted(StatusCodes.Status201Created, Link.Absolute(http, $"/{CoordinationApi.Name}/v1/{PathOf(region, id)}/acknowledgements"), null,
                    new Acknowledgement(body.NoticeId, recipient!, at, body.AcknowledgedBy),
                    Insert(region, id, body.NoticeId, recipient!, at, body.AcknowledgedBy, http.Caller().ClientId), NationalChangeLog.Acknowledged(region, id, body.NoticeId, recipient!, at));
            };
        });
    }

    private static async Task<IResult> Get([TextLength(1, 20)] string region, Guid id, RegisterReader register, HttpContext http, TimeProvider time)
    {
        var reading = Readers.Reading(http, time, "getAcknowledgements");
        var query = new RegisterQuery().Where("region", "n.region =", region, NpgsqlDbType.Varchar).Where("case", "n.case_id =", id, NpgsqlDbType.Uuid);
        var at = query.Parameter(reading.At, NpgsqlDbType.TimestampTz);
        var matching = string.Join('\n',
            "SELECT n.region AS object_region, 'notice' AS object_kind, n.case_id AS object_id, 'T0' AS tier, NULL AS basis,",
            "n.notice_id, n.number, n.kind, n.issued_at, n.remind_at, n.supplier_number, n.step,",
            "ARRAY(SELECT d.recipient FROM national_disclosures d WHERE d.region = n.region AND d.case_id = n.case_id AND d.expires_at >", at, ") AS disclosed_to,",
            "ARRAY(SELECT r.recipient FROM national_recipients r WHERE r.region = n.region AND r.case_id = n.case_id ORDER BY 1) AS sent_to,",
            "ARRAY(SELECT a.recipient FROM national_acknowledgements a WHERE a.region = n.region AND a.notice_id = n.notice_id ORDER BY a.recipient) AS acknowledged,",
            "ARRAY(SELECT a.at FROM national_acknowledgements a WHERE a.region = n.region AND a.notice_id = n.notice_id ORDER BY a.recipient) AS acknowledged_at,",
            "ARRAY(SELECT a.acknowledged_by FROM national_acknowledgements a WHERE a.region = n.region AND a.notice_id = n.notice_id ORDER BY a.recipient) AS acknowledged_by",
            "FROM national_notices n WHERE", query.Conditions);
        var (rows, _) = await register.ReadAsync(reading, query, matching, "object_id", 1, 0, r => Of(r, reading), http.RequestAborted);
        return rows is [{ } found] ? Results.Ok(found) : Problems.NotFound(http);
    }

    private static NoticeAcknowledgements? Of(NpgsqlDataReader r, Reading reading)
    {
        var sentTo = r.Get<string[]>("sent_to");
        var sees = Readers.Sees(reading.Readers, r.Find<short>("step"), r.FindText("supplier_number"), [], r.Get<string[]>("disclosed_to"), sentTo);
        if (!sees(NationalField.Notice))
            return null;
        var own = reading.Readers.Select(reader => reader.Key).ToHashSet();
        var (who, at, by) = (r.Get<string[]>("acknowledged"), r.Get<DateTimeOffset[]>("acknowledged_at"), r.Get<string[]>("acknowledged_by"));
        var given = who.Select((recipient, i) => (recipient, At: at[i], By: by[i])).ToDictionary(a => a.recipient);
        return new NoticeAcknowledgements(
            r.Get<Guid>("notice_id"), r.Get<int>("number"), Codes.Parse<NoticeKind>(r.Get<string>("kind")), r.Get<DateTimeOffset>("issued_at"), r.Get<DateTimeOffset>("remind_at"),
            [
                .. sentTo.Where(key => sees(NationalField.Recipients) || own.Contains(key))
                    .Select(key => given.TryGetValue(key, out var a) ? new RecipientStatus(key, a.At, a.By) : new RecipientStatus(key, null, null)),
            ]);
    }

    /// <summary>R-N6.</summary>
    private static Rejection? Against(Guid noticeId, string? recipient, Guid standing, string[] sentTo, string[] writers, string region, Guid caseId) =>
        recipient is null ? Rejection.InField("recipient", "required",
            $"Ange för vem: {string.Join(", ", writers)}.", $"State for whom: {string.Join(", ", writers)}.")
        : !writers.Contains(recipient) ? Rejection.InField("recipient", "notYours", "Kvittensen ges för den egna organisationen.", "The acknowledgement is for one's own body.")
        : noticeId != standing ? new Rejection("R-N6", "noticeSuperseded", new Label(
            "Det är inte den informationen som gäller i ärendet; läs och kvittera den som gäller.",
            "This is not the notice that stands in the case; read and acknowledge the one that does."), PathOf(region, caseId), "noticeId")
        : recipient == NationalReader.OfRegion(region).Key ? new Rejection("R-N6", "ownNotice", new Label(
            "Den som har lämnat informationen kvitterar den inte.", "Whoever issued the notice does not acknowledge it."))
        : !sentTo.Contains(recipient) ? new Rejection("R-N6", "notRecipient", new Label(
            "Informationen är inte lämnad till den som kvitterar.", "The notice was not sent to whoever acknowledges it."))
        : null;

    private static string PathOf(string region, Guid id) => $"cases/{region}/{id}";

    private static NpgsqlBatchCommand Insert(string region, Guid caseId, Guid noticeId, string recipient, DateTimeOffset at, string by, string client) => new(
        """
        INSERT INTO national_acknowledgements (region, case_id, notice_id, recipient, at, acknowledged_by, client_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """)
    {
        Parameters =
        {
            NationalCommands.Value(region), NationalCommands.Value(caseId), NationalCommands.Value(noticeId), NationalCommands.Value(recipient), NationalCommands.Value(at),
            NationalCommands.Value(by), NationalCommands.Value(client),
        },
    };
}
