using System.Text.Json;
using Npgsql;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Storage;

/// <summary>What the register holds of a case, as it is stored; what is damaged there is read as something that no case says.</summary>
internal static class StoredRecord
{
    private const string Select =
        """
        SELECT n.case_id, n.supplier_id, n.supplier_number, n.supplier_name, n.category, n.ladder_version, n.step, n.step_since, n.trigger_code,
            n.block::text, n.disputed, n.supplier_statement_attached, n.preliminary, n.responsible_address, n.notice_expires_at,
            t.notice_id, t.number, t.kind, t.issued_at, t.remind_at, t.expires_at, t.provisional,
            t.supplier_id, t.supplier_number, t.supplier_name, t.category, t.ladder_version, t.step, t.step_since, t.trigger_code,
            t.block::text, t.disputed, t.supplier_statement_attached, t.responsible_address,
            ARRAY(SELECT recipient FROM national_recipients WHERE region = $1 AND case_id = $2),
            ARRAY(SELECT recipient FROM national_disclosures WHERE region = $1 AND case_id = $2)
        FROM (SELECT) AS one
        LEFT JOIN national_cases n ON n.region = $1 AND n.case_id = $2
        LEFT JOIN national_notices t ON t.region = $1 AND t.case_id = $2
        """;

    public static NpgsqlBatchCommand Query(RegionScope scope, Guid caseId) => new(Select) { Parameters = { Sql.Text(scope.Region), Sql.Uuid(caseId) } };

    /// <summary>Of the row of <see cref="Query"/>, what <see cref="NationalChanges.Between"/> asks for: of disclosures to whom they are.</summary>
    public static NationalRecord Read(NpgsqlDataReader r) => new(
        r.IsDBNull(0) ? null : SignalOf(r, 0),
        r.IsDBNull(15) ? null : new SentNotice(
            r.GetGuid(15),
            r.GetInt32(16),
            Code<NoticeKind>(r.GetString(17)),
            r.GetFieldValue<DateTimeOffset>(18),
            r.GetFieldValue<DateTimeOffset>(19),
            r.GetFieldValue<DateTimeOffset>(20),
            r.GetBoolean(21),
            new NoticePayload(
                r.GetGuid(22),
                Text(r, 23),
                r.GetString(24),
                r.GetString(25),
                r.GetString(26),
                r.IsDBNull(27) ? null : r.GetInt16(27),
                Instant(r, 28),
                Text(r, 29) is { } trigger ? Code<Trigger>(trigger) : null,
                Text(r, 30) is { } block ? BlockOf(block) : null,
                r.GetBoolean(31),
                r.GetBoolean(32),
                r.GetString(33))),
        r.GetFieldValue<string[]>(34),
        [.. r.GetFieldValue<string[]>(35).Select(recipient => new Disclosed(Guid.Empty, recipient, default, default))],
        null,
        []);

    /// <param name="first">Where the fifteen columns of a row of <c>national_cases</c> begin that say what the signal does, in the order of <see cref="NationalSignal"/>.</param>
    public static NationalSignal SignalOf(NpgsqlDataReader r, int first) => new(
        r.GetGuid(first),
        r.GetGuid(first + 1),
        Text(r, first + 2),
        r.GetString(first + 3),
        r.GetString(first + 4),
        r.GetString(first + 5),
        r.GetInt16(first + 6),
        r.GetFieldValue<DateTimeOffset>(first + 7),
        Code<Trigger>(r.GetString(first + 8)),
        Text(r, first + 9) is { } block ? BlockOf(block) : null,
        r.GetBoolean(first + 10),
        r.GetBoolean(first + 11),
        r.GetBoolean(first + 12),
        r.GetString(first + 13),
        Instant(r, first + 14));

    private static T Code<T>(string code) where T : struct, Enum => Enum.TryParse<T>(code, ignoreCase: true, out var value) ? value : (T)Enum.ToObject(typeof(T), -1);

    private static SignalledBlock BlockOf(string json)
    {
        try
        {
            return StoreJson.Read<SignalledBlock>(json);
        }
        catch (JsonException)
        {
            return new SignalledBlock(json, default);
        }
    }

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static DateTimeOffset? Instant(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
