using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace RegionEscalation.Feeds;

/// <summary>
/// Where the subscriptions of one of the two APIs are. Both have the same columns and so the same statements, on tables and logins of their own.
/// </summary>
/// <param name="prefix">What the tables' names begin with.</param>
/// <param name="owner">The column that says whose a row is.</param>
public sealed class WebhookTables(string prefix, string owner)
{
    /// <summary>What a subscription is read from, in the order of <see cref="Read"/>.</summary>
    internal const string Columns =
        """
        s.id, s.OWNER, s.version, s.url, s.description, s.types, s.state, s.reason, s.client_id, s.directory, s.purpose, s.secret_generation, s.previous_until,
        s.created_at, s.updated_at, s.verified_at, s.disabled_at, s.failing_since, s.delivered_at, s.position_at
        """;

    private readonly Dictionary<string, string> _texts = [];

    public static WebhookTables OfRegions { get; } = new("", "tenant_id");

    public static WebhookTables OfReaders { get; } = new("national_", "reader");

    /// <summary>
    /// A statement for these tables, of a constant in which SUBSCRIPTIONS, DELIVERIES, MOVE and OWNER stand for their names.
    /// </summary>
    public string Text(string statement)
    {
        lock (_texts)
        {
            if (!_texts.TryGetValue(statement, out var text))
            {
                text = statement
                    .Replace("SUBSCRIPTIONS", prefix + "webhook_subscriptions", StringComparison.Ordinal)
                    .Replace("DELIVERIES", prefix + "webhook_deliveries", StringComparison.Ordinal)
                    .Replace("MOVE", "move_" + prefix + "webhook_subscription", StringComparison.Ordinal)
                    .Replace("OWNER", owner, StringComparison.Ordinal);
                _texts.Add(statement, text);
            }
            return text;
        }
    }

    /// <param name="statement">A constant; see <see cref="Text"/>.</param>
    public NpgsqlBatchCommand Command(string statement, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(Text(statement));
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>A subscription from the row's <see cref="Columns"/>, which come first.</summary>
    internal static Subscription Read(NpgsqlDataReader r) => new(
        r.GetGuid(0),
        r.GetString(1),
        r.GetInt64(2),
        r.GetString(3),
        r.IsDBNull(4) ? null : r.GetString(4),
        r.GetFieldValue<string[]>(5),
        Enum.Parse<SubscriptionState>(r.GetString(6), ignoreCase: true),
        r.IsDBNull(7) ? null : Enum.Parse<DisabledReason>(r.GetString(7), ignoreCase: true),
        r.GetString(8),
        r.IsDBNull(9) ? null : r.GetString(9),
        r.IsDBNull(10) ? null : r.GetString(10),
        r.GetInt32(11),
        At(r, 12),
        r.GetFieldValue<DateTimeOffset>(13),
        r.GetFieldValue<DateTimeOffset>(14),
        At(r, 15),
        At(r, 16),
        At(r, 17),
        At(r, 18),
        r.GetFieldValue<DateTimeOffset>(19));

    private static DateTimeOffset? At(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}

/// <summary>Typed parameters: the type is stated, so that a prepared statement is never planned for another one.</summary>
internal static class Parameter
{
    public static NpgsqlParameter Of(string? value) => Value(value, NpgsqlDbType.Varchar);

    public static NpgsqlParameter Of(Guid? value) => Value(value, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Of(long value) => Value(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Of(int? value) => Value(value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Of(ulong value) => Value(value, NpgsqlDbType.Xid8);

    public static NpgsqlParameter Of(DateTimeOffset? value) => Value(value?.UtcDateTime, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Of(TimeSpan value) => Value(value, NpgsqlDbType.Interval);

    public static NpgsqlParameter Of(IReadOnlyList<string> values) => Value(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Varchar);

    public static NpgsqlParameter ArrayOf<T>(IEnumerable<T> values, NpgsqlDbType element) => Value(values.ToArray(), NpgsqlDbType.Array | element);

    /// <summary>A code as it is stored: the name in camelCase.</summary>
    public static NpgsqlParameter Of<T>(T? code) where T : struct, Enum => Of(code is { } c ? JsonNamingPolicy.CamelCase.ConvertName(c.ToString()) : null);

    private static NpgsqlParameter Value(object? value, NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
