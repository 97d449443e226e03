using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>What a notice says: the T0 fields, exactly as the supplier was told them (R-N2, R-N5).</summary>
/// <param name="Category">LfU's category.</param>
/// <param name="Step">3–5; null in an all-clear and a retraction, as are the members that belong to the step.</param>
/// <param name="StepEvent">The step's triggering event in the edition's own words.</param>
/// <param name="StepSince">UTC.</param>
/// <param name="Block">A block that was decided or in force: scope and last day.</param>
/// <param name="ResponsibleAddress">The contract owner's function address; questions go there.</param>
public sealed record NationalNoticePayload(
    NationalSupplier Supplier,
    string Category,
    string Ladder,
    int? Step,
    Text? StepEvent,
    DateTimeOffset? StepSince,
    Trigger? Trigger,
    SignalledBlock? Block,
    bool Disputed,
    bool SupplierStatementAttached,
    string ResponsibleAddress);

/// <summary>What the regions were told last of a case (Information till Sveriges Regioner); an earlier notice is no longer here.</summary>
/// <param name="Number">Its place among the case's notices, from 1: how many there have been.</param>
/// <param name="IssuedAt">UTC.</param>
/// <param name="Provisional">True when it was issued before the supplier's time to comment had passed, and is not confirmed.</param>
/// <param name="ExpiresAt">UTC (R-N7).</param>
public sealed record NationalNotice(
    NotifyingRegion Region, Guid CaseId, Guid NoticeId, int Number, NoticeKind Kind, DateTimeOffset IssuedAt, bool Provisional, DateTimeOffset ExpiresAt,
    NationalNoticePayload Payload);

/// <summary>How a notice is read from the register.</summary>
internal static class NationalNotices
{
    /// <summary>The columns of a notice <c>n</c>, under names that none of a case has.</summary>
    public const string Columns =
        """
        n.region AS told_region, n.case_id AS told_case, n.notice_id AS told_id, n.number AS told_number, n.kind AS told_kind, n.issued_at AS told_at,
        n.expires_at AS told_until, n.provisional AS told_provisional, n.supplier_id AS told_supplier_id, n.supplier_number AS told_supplier_number,
        n.supplier_name AS told_supplier_name, n.category AS told_category, n.ladder_version AS told_ladder, n.step AS told_step,
        n.step_since AS told_step_since, n.trigger_code AS told_trigger, n.block AS told_block, n.disputed AS told_disputed,
        n.supplier_statement_attached AS told_statement, n.responsible_address AS told_address
        """;

    public static NationalNotice Of(NpgsqlDataReader r) => new(
        RegionOf(r.Get<string>("told_region")),
        r.Get<Guid>("told_case"),
        r.Get<Guid>("told_id"),
        r.Get<int>("told_number"),
        Codes.Parse<NoticeKind>(r.Get<string>("told_kind")),
        r.Get<DateTimeOffset>("told_at"),
        r.Get<bool>("told_provisional"),
        r.Get<DateTimeOffset>("told_until"),
        PayloadOf(r));

    public static NationalNoticePayload PayloadOf(NpgsqlDataReader r)
    {
        var (ladder, step) = (r.Get<string>("told_ladder"), (int?)r.Find<short>("told_step"));
        return new NationalNoticePayload(
            new NationalSupplier(r.Get<Guid>("told_supplier_id"), r.FindText("told_supplier_number"), r.Get<string>("told_supplier_name")),
            r.Get<string>("told_category"),
            ladder,
            step,
            step is { } at ? NationalCases.TextOf(Ladders.Find(ladder)!.Step(at).Event.Label) : null,
            r.Find<DateTimeOffset>("told_step_since"),
            r.FindText("told_trigger") is { } trigger ? Codes.Parse<Trigger>(trigger) : null,
            r.FindText("told_block") is { } block ? JsonSerializer.Deserialize<SignalledBlock>(block, JsonSerializerOptions.Web) : null,
            r.Get<bool>("told_disputed"),
            r.Get<bool>("told_statement"),
            r.Get<string>("told_address"));
    }

    public static bool TellsOfACase(this NationalNotice notice) => notice.Kind is NoticeKind.Initial or NoticeKind.Update;

    public static NotifyingRegion RegionOf(string code) => new(code, Domain.Regions.Region.Find(code)!.Name);

    public static Link SupplierLink(HttpContext http, NationalSupplier supplier) => Link.To(http, $"/national/v1/suppliers/{supplier.OrganisationNumber ?? supplier.Id.ToString()}");
}
