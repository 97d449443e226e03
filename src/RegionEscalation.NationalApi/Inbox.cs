using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>A notice as it was sent to one recipient (Information till Sveriges Regioner).</summary>
/// <param name="Recipient">The recipient's key, such as <c>region:13</c> or <c>coordination</c>: one of those for whom the caller reads.</param>
/// <param name="Region">The region whose case it is.</param>
/// <param name="Number">Its place among the case's notices, from 1: how many there have been. Earlier ones are no longer here.</param>
/// <param name="IssuedAt">UTC.</param>
/// <param name="Provisional">True when it was issued before the supplier's time to comment had passed, and is not confirmed.</param>
/// <param name="ExpiresAt">UTC (R-N7).</param>
/// <param name="AcknowledgedAt">UTC; null while the recipient has not acknowledged it.</param>
/// <param name="AcknowledgedBy">The function that acknowledged it.</param>
/// <param name="Reminded">The recipient has not acknowledged it within the time that the issuing region gives (R-N6).</param>
public sealed record InboxItem(
    string Recipient,
    NotifyingRegion Region,
    Guid CaseId,
    Guid NoticeId,
    int Number,
    NoticeKind Kind,
    DateTimeOffset IssuedAt,
    bool Provisional,
    DateTimeOffset ExpiresAt,
    NationalNoticePayload Payload,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    bool Reminded,
    [property: JsonPropertyName("_links")] InboxLinks Links);

public sealed record InboxLinks(Link Supplier);

/// <summary>What was sent to those for whom the caller reads, each case with what was told last of it.</summary>
internal static class Inbox
{
    public static void Map(RouteGroupBuilder register) => register.MapGet("/inbox", List)
        .WithTags("Inbox")
        .RequiresPurpose(Purposes.Codes)
        .WithName("listInbox")
        .Describe("Lista mottagen information till Sveriges Regioner / List the notices received",
            "Det som senast lämnades om varje ärende, en post för varje mottagare som anroparen läser för, senast lämnad först; en senare information tar den tidigares plats, och `number` säger hur många de har varit. Filter `acknowledged`, `reminded`, `kind`, `region`, `supplier`, `recipient`. "
            + "What was told last of each case, one item for every recipient that the caller reads for, latest issued first; a later notice takes the place of an earlier one, and `number` says how many there have been. Filters `acknowledged`, `reminded`, `kind`, `region`, `supplier`, `recipient`.")
        .WithResponseExample(200, Examples.InboxPage);

    private static async Task<IResult> List(
        PageRequest page, RegisterReader register, HttpContext http, TimeProvider time, bool? acknowledged = null, bool? reminded = null, Code<NoticeKind>? kind = null,
        [TextLength(1, 20)] string? region = null, [TextLength(1, 50)] string? supplier = null, [TextLength(1, 50)] string? recipient = null)
    {
        var reading = Readers.Reading(http, time, "listInbox");
        var query = new RegisterQuery();
        var readers = query.Parameter(reading.Readers.Select(r => r.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar);
        var isReminded = string.Join(' ', "(a.at IS NULL AND n.remind_at <=", query.Parameter(reading.At, NpgsqlDbType.TimestampTz), ")");
        query
            .Where("acknowledged", "(a.at IS NOT NULL) =", acknowledged, NpgsqlDbType.Boolean)
            .Where("reminded", string.Join(' ', isReminded, "="), reminded, NpgsqlDbType.Boolean)
            .Where("kind", "n.kind =", kind?.ToString(), NpgsqlDbType.Varchar)
            .Where("region", "n.region =", region, NpgsqlDbType.Varchar)
            .Where(SupplierKey.Parse(supplier), "n")
            .Where("recipient", "r.recipient =", recipient, NpgsqlDbType.Varchar);
        var matching = string.Join('\n',
            "SELECT n.region AS object_region, 'notice' AS object_kind, n.case_id AS object_id, 'T0' AS tier, NULL AS basis, r.recipient,",
            NationalNotices.Columns, ", a.at AS acknowledged_at, a.acknowledged_by,", isReminded, "AS reminded",
            "FROM national_recipients r JOIN national_notices n ON n.region = r.region AND n.case_id = r.case_id AND n.notice_id = r.notice_id",
            "LEFT JOIN national_acknowledgements a ON a.region = n.region AND a.notice_id = n.notice_id AND a.recipient = r.recipient",
            "WHERE r.recipient = ANY(", readers, ") AND", query.Conditions);
        var (items, total) = await register.ReadAsync(
            reading, query, matching, "told_at DESC, object_id, recipient", page.Limit, page.Offset, r => Of(r, reading, http), http.RequestAborted);
        return Results.Ok(page.Response(http, [.. items.OfType<InboxItem>()], total));
    }

    private static InboxItem? Of(NpgsqlDataReader r, Reading reading, HttpContext http)
    {
        var (recipient, notice) = (r.Get<string>("recipient"), NationalNotices.Of(r));
        NationalReader[] reader = [.. reading.Readers.Where(x => x.Key == recipient)];
        if (!Readers.Sees(reader, notice.Payload.Step, notice.Payload.Supplier.OrganisationNumber, [], [], [recipient])(NationalField.Notice))
            return null;
        return new InboxItem(
            recipient, notice.Region, notice.CaseId, notice.NoticeId, notice.Number, notice.Kind, notice.IssuedAt, notice.Provisional, notice.ExpiresAt, notice.Payload,
            r.Find<DateTimeOffset>("acknowledged_at"), r.FindText("acknowledged_by"), r.Get<bool>("reminded"),
            new InboxLinks(NationalNotices.SupplierLink(http, notice.Payload.Supplier)));
    }
}
