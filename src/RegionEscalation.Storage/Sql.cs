using Npgsql;
using NpgsqlTypes;

namespace RegionEscalation.Storage;

/// <summary>Typed parameters: the type is stated, so that a prepared statement is never planned for another one.</summary>
internal static class Sql
{
    public static NpgsqlParameter Text(string? value) => Of(value, NpgsqlDbType.Varchar);

    public static NpgsqlParameter Uuid(Guid? value) => Of(value, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Bigint(long value) => Of(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Integer(int? value) => Of(value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Smallint(int? value) => Of(value, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Boolean(bool value) => Of(value, NpgsqlDbType.Boolean);

    public static NpgsqlParameter Bytes(byte[] value) => Of(value, NpgsqlDbType.Bytea);

    public static NpgsqlParameter Instant(DateTimeOffset? value) => Of(value, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Interval(TimeSpan value) => Of(value, NpgsqlDbType.Interval);

    public static NpgsqlParameter Date(DateOnly? value) => Of(value, NpgsqlDbType.Date);

    public static NpgsqlParameter Transaction(ulong id) => Of(id, NpgsqlDbType.Xid8);

    public static NpgsqlParameter Json(object? value) => Of(value, NpgsqlDbType.Jsonb);

    public static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType element) => new()
    {
        NpgsqlDbType = NpgsqlDbType.Array | element,
        Value = values.ToArray(),
    };

    /// <summary>A value as the domain has it: UTC for instants, JSON for what is neither a number nor a text.</summary>
    public static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new()
    {
        NpgsqlDbType = type,
        Value = (value, type) switch
        {
            (null, _) => DBNull.Value,
            (string text, _) => text,
            (_, NpgsqlDbType.Jsonb) => StoreJson.Write(value),
            (DateTimeOffset instant, _) => instant.UtcDateTime,
            (int number, NpgsqlDbType.Smallint) => (short)number,
            _ => value,
        },
    };
}
