using Npgsql;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Storage;

/// <summary>Which deviation another system's id is (R-V3): a row each, so that two who register it at once are told apart by its key.</summary>
internal static class ExternalRegistrationRows
{
    /// <summary>A plain INSERT: a twin waits here for the first to commit and then fails, instead of making a second deviation.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Insert(RegionScope scope, Deviation? before, Deviation after) =>
        after.ExternalRegistrations.Skip(before?.ExternalRegistrations.Count ?? 0).Select(r => Command(scope, after, r,
            "INSERT INTO external_registrations (tenant_id, system, external_id, deviation_id) VALUES ($1, $2, $3, $4)"));

    /// <summary>Those of the deviation that are missing. An id that another deviation has stays where it is, and the verification reports it.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Write(RegionScope scope, Deviation d) => d.ExternalRegistrations.Select(r => Command(scope, d, r,
        """
        INSERT INTO external_registrations (tenant_id, system, external_id, deviation_id) SELECT $1, $2, $3, $4
        WHERE NOT EXISTS (SELECT FROM external_registrations WHERE tenant_id = $1 AND system = $2 AND external_id = $3)
        """));

    /// <summary>All of them as one text, as <see cref="StreamVerifier"/> reads the rows; null without any.</summary>
    public static string? Column(Deviation d) => d.ExternalRegistrations.Count == 0 ? null
        : string.Join(' ', d.ExternalRegistrations.Select(r => $"{StoreJson.Code(r.System)}/{r.ExternalId}").Order(StringComparer.Ordinal));

    private static NpgsqlBatchCommand Command(RegionScope scope, Deviation d, ExternalRegistration r, string sql) => new(sql)
    {
        Parameters = { Sql.Text(scope.Region), Sql.Text(StoreJson.Code(r.System)), Sql.Text(r.ExternalId), Sql.Uuid(d.Id) },
    };
}
