using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Storage;

/// <summary>
/// What a session writes of contracts and suppliers beside their events: however many there are, one statement of each kind, since they come by the thousand.
/// </summary>
internal sealed class CatalogueDocuments(RegionScope scope)
{
    private const string UpsertContracts =
        """
        INSERT INTO mt_doc_contract (tenant_id, id, data, mt_last_modified, mt_version, number, supplier_id, category, title, valid_from, valid_until, ended, social_clause)
        SELECT $1, k.id, k.data, k.at, k.version, k.number, k.supplier_id, k.category, k.title, k.valid_from, k.valid_until, k.ended, k.social_clause
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            AS k (id, data, at, version, number, supplier_id, category, title, valid_from, valid_until, ended, social_clause)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified, mt_version = excluded.mt_version,
            number = excluded.number, supplier_id = excluded.supplier_id, category = excluded.category, title = excluded.title,
            valid_from = excluded.valid_from, valid_until = excluded.valid_until, ended = excluded.ended, social_clause = excluded.social_clause
        """;

    private const string UpsertSuppliers =
        """
        INSERT INTO mt_doc_supplier (tenant_id, id, data, mt_last_modified, mt_version, organisation_number, name, sole_trader)
        SELECT $1, s.id, s.data, s.at, s.version, s.organisation_number, s.name, s.sole_trader
        FROM unnest($2, $3, $4, $5, $6, $7, $8) AS s (id, data, at, version, organisation_number, name, sole_trader)
        ON CONFLICT (tenant_id, id) DO UPDATE SET data = excluded.data, mt_last_modified = excluded.mt_last_modified, mt_version = excluded.mt_version,
            organisation_number = excluded.organisation_number, name = excluded.name, sole_trader = excluded.sole_trader
        """;

    private const string DeleteWords = "DELETE FROM catalogue_words WHERE tenant_id = $1 AND object_id = ANY ($2)";
    private const string InsertWords = "INSERT INTO catalogue_words (tenant_id, kind, word, object_id) SELECT $1, w.kind, w.word, w.object_id FROM unnest($2, $3, $4) AS w (kind, word, object_id)";

    /// <summary>Which columns are written, and so must be written anew when a build adds one.</summary>
    public const string Statements = UpsertContracts + UpsertSuppliers + InsertWords;

    private readonly OrderedDictionary<Guid, (Contract? Before, Contract After)> _contracts = [];
    private readonly OrderedDictionary<Guid, (KnownSupplier? Before, KnownSupplier After)> _suppliers = [];

    /// <remarks>What changes twice in one session is written once: one statement cannot meet a row twice.</remarks>
    public void Add(Contract? before, Contract after) => _contracts[after.Id] = (_contracts.TryGetValue(after.Id, out var earlier) ? earlier.Before : before, after);

    /// <inheritdoc cref="Add(Contract?, Contract)"/>
    public void Add(KnownSupplier? before, KnownSupplier after) => _suppliers[after.Id] = (_suppliers.TryGetValue(after.Id, out var earlier) ? earlier.Before : before, after);

    public void Clear()
    {
        _contracts.Clear();
        _suppliers.Clear();
    }

    public IEnumerable<NpgsqlBatchCommand> Write()
    {
        if (_suppliers.Count > 0)
            yield return Upsert(scope, [.. _suppliers.Values.Select(s => s.After)]);
        if (_contracts.Count > 0)
            yield return Upsert(scope, [.. _contracts.Values.Select(k => k.After)]);
        (Guid Id, Word[]? Was, Word[] Are)[] words =
        [
            .. _suppliers.Values.Select(s => (s.After.Id, s.Before is null ? null : Words(s.Before), Words(s.After))),
            .. _contracts.Values.Select(k => (k.After.Id, k.Before is null ? null : Words(k.Before), Words(k.After))),
        ];
        foreach (var command in Words(scope, [.. words.Where(w => w.Was is null || !w.Was.SequenceEqual(w.Are)).Select(w => (w.Id, w.Was is not null, w.Are))]))
            yield return command;
        foreach (var command in NationalRegister.Changes(scope, _contracts.Values))
            yield return command;
        // After everything that it looks at.
        var marked = _suppliers.Values.Where(s => s.Before is not null && s.Before.SoleTrader == true != (s.After.SoleTrader == true)).Select(s => s.After.Id).ToArray();
        if (marked.Length > 0)
            yield return new NpgsqlBatchCommand("SELECT mt_expect_marked($1, $2)") { Parameters = { Sql.Text(scope.Region), Sql.Array(marked, NpgsqlDbType.Uuid) } };
    }

    /// <summary>Everything as it should be, whatever is there.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Rewrite(RegionScope scope, Contract contract) => [Upsert(scope, [contract]), .. Words(scope, [(contract.Id, true, Words(contract))])];

    /// <inheritdoc cref="Rewrite(RegionScope, Contract)"/>
    public static IEnumerable<NpgsqlBatchCommand> Rewrite(RegionScope scope, KnownSupplier supplier) => [Upsert(scope, [supplier]), .. Words(scope, [(supplier.Id, true, Words(supplier))])];

    /// <summary>The words as one text, as <see cref="StreamVerifier"/> reads them; null without any.</summary>
    public static string? WordsOf(Contract contract) => Text(Words(contract));

    /// <inheritdoc cref="WordsOf(Contract)"/>
    public static string? WordsOf(KnownSupplier supplier) => Text(Words(supplier));

    private static string? Text(Word[] words) => words.Length == 0
        ? null
        : string.Join(',', words.OrderBy(w => w.Kind, StringComparer.Ordinal).ThenBy(w => w.Text, StringComparer.Ordinal).Select(w => $"{w.Kind} {w.Text}"));

    private static Word[] Words(Contract contract) =>
        [.. SearchWords.Of(contract.Content.Title).Select(w => new Word("contract", w)), .. (contract.Content.Cpv ?? []).Distinct().Select(c => new Word("cpv", c))];

    /// <summary>A sole trader's number is none to be found by: it is a person's.</summary>
    private static Word[] Words(KnownSupplier supplier) =>
    [
        .. SearchWords.Of([supplier.Content.Name, .. supplier.Content.OtherNames ?? []]).Select(w => new Word("supplier", w)),
        .. SearchWords.Of(supplier.Content.Group).Select(w => new Word("group", w)),
        .. supplier.Reference().IsNaturalPerson() ? [] : new[] { new Word("number", supplier.OrganisationNumber) },
    ];

    private static IEnumerable<NpgsqlBatchCommand> Words(RegionScope scope, (Guid Id, bool Replace, Word[] Words)[] changed)
    {
        var replaced = changed.Where(w => w.Replace).Select(w => w.Id).ToArray();
        if (replaced.Length > 0)
            yield return new NpgsqlBatchCommand(DeleteWords) { Parameters = { Sql.Text(scope.Region), Sql.Array(replaced, NpgsqlDbType.Uuid) } };
        var words = changed.SelectMany(c => c.Words.Select(w => (c.Id, w.Kind, w.Text))).ToArray();
        if (words.Length > 0)
            yield return new NpgsqlBatchCommand(InsertWords)
            {
                Parameters =
                {
                    Sql.Text(scope.Region),
                    Sql.Array(words.Select(w => w.Kind), NpgsqlDbType.Varchar),
                    Sql.Array(words.Select(w => w.Text), NpgsqlDbType.Varchar),
                    Sql.Array(words.Select(w => w.Id), NpgsqlDbType.Uuid),
                },
            };
    }

    private static NpgsqlBatchCommand Upsert(RegionScope scope, Contract[] contracts) => new(UpsertContracts)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Array(contracts.Select(k => k.Id), NpgsqlDbType.Uuid),
            Sql.Array(contracts.Select(StoreJson.Write), NpgsqlDbType.Jsonb),
            Sql.Array(contracts.Select(k => k.UpdatedAt), NpgsqlDbType.TimestampTz),
            Sql.Array(contracts.Select(k => k.Version), NpgsqlDbType.Bigint),
            Sql.Array(contracts.Select(k => k.Number), NpgsqlDbType.Varchar),
            Sql.Array(contracts.Select(k => k.Content.Supplier.Id), NpgsqlDbType.Uuid),
            Sql.Array(contracts.Select(k => k.Content.Category), NpgsqlDbType.Varchar),
            Sql.Array(contracts.Select(k => k.Content.Title), NpgsqlDbType.Varchar),
            Sql.Array(contracts.Select(k => k.Content.ValidFrom), NpgsqlDbType.Date),
            Sql.Array(contracts.Select(k => k.Content.ValidUntil), NpgsqlDbType.Date),
            Sql.Array(contracts.Select(k => k.EndedAt is not null), NpgsqlDbType.Boolean),
            Sql.Array(contracts.Select(k => k.Content.SocialClause), NpgsqlDbType.Boolean),
        },
    };

    private static NpgsqlBatchCommand Upsert(RegionScope scope, KnownSupplier[] suppliers) => new(UpsertSuppliers)
    {
        Parameters =
        {
            Sql.Text(scope.Region),
            Sql.Array(suppliers.Select(s => s.Id), NpgsqlDbType.Uuid),
            Sql.Array(suppliers.Select(StoreJson.Write), NpgsqlDbType.Jsonb),
            Sql.Array(suppliers.Select(s => s.UpdatedAt), NpgsqlDbType.TimestampTz),
            Sql.Array(suppliers.Select(s => s.Version), NpgsqlDbType.Bigint),
            Sql.Array(suppliers.Select(s => s.OrganisationNumber), NpgsqlDbType.Varchar),
            Sql.Array(suppliers.Select(s => s.Content.Name), NpgsqlDbType.Varchar),
            Sql.Array(suppliers.Select(s => s.SoleTrader == true), NpgsqlDbType.Boolean),
        },
    };

    private readonly record struct Word(string Kind, string Text);
}
