using Npgsql;
using NpgsqlTypes;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;

namespace RegionEscalation.Storage;

/// <summary>What a region has to do with a supplier: the beginning of its contracts and of its open cases, the highest first, and how many deviations there are.</summary>
public sealed record SupplierRecord(PageOf<Contract> Contracts, PageOf<EscalationCase> OpenCases, IReadOnlyDictionary<DeviationStatus, long> Deviations);

/// <summary>What somebody says of a supplier: whether it is a natural person.</summary>
/// <param name="Id">Null where it is named by its number.</param>
/// <param name="Number">Null where it is named by its id.</param>
public sealed record SupplierMark(Guid? Id, string? Number, bool SoleTrader);

/// <summary>The catalogue's own queries: what suppliers and contracts are found by.</summary>
public sealed partial class BatchedQuery
{
    /// <summary>By number, or by title in Swedish order where a name is asked for.</summary>
    public Fetched<PageOf<Contract>> Contracts(ContractFilter filter, int limit, long offset)
    {
        var where = new Where(scope)
            .And(filter.Supplier)
            .And("category =", filter.Category, Sql.Text)
            .AndBeginning("number", filter.Number)
            .AndWord("cpv", filter.Cpv)
            .AndWords("contract", filter.Name)
            .And("ended =", filter.Ended, Sql.Boolean)
            .And("social_clause =", filter.SocialClause, Sql.Boolean)
            .AndValidOn(filter.ValidOn);
        return Page<Contract>(where, "FROM mt_doc_contract", filter.Name is null ? "ORDER BY number" : "ORDER BY title, number", limit, offset);
    }

    /// <summary>By name in Swedish order.</summary>
    public Fetched<PageOf<KnownSupplier>> Suppliers(SupplierFilter filter, int limit, long offset)
    {
        var where = new Where(scope).AndWords("supplier", filter.Name).AndWords("group", filter.Group).AndWord("number", filter.Number);
        return Page<KnownSupplier>(where, "FROM mt_doc_supplier", "ORDER BY name, id", limit, offset);
    }

    /// <summary>How many of the contracts that stand on the day have social terms.</summary>
    /// <param name="day">Swedish calendar date.</param>
    public Fetched<SocialTerms> SocialTermsOn(DateOnly day) => Add(
        new NpgsqlBatchCommand(
            """
            SELECT count(*), count(*) FILTER (WHERE social_clause), count(*) FILTER (WHERE NOT social_clause) FROM mt_doc_contract
            WHERE tenant_id = $1 AND NOT ended AND coalesce(valid_from, '-infinity') <= $2 AND coalesce(valid_until, 'infinity') >= $2
            """)
        {
            Parameters = { Sql.Text(scope.Region), Sql.Date(day) },
        },
        async (reader, ct) => await reader.ReadAsync(ct) ? new SocialTerms(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)) : new SocialTerms(0, 0, 0));

    /// <summary>The foreign suppliers that are marked as natural persons just now.</summary>
    public Fetched<NaturalPersons> NaturalPersons() => Add(
        new NpgsqlBatchCommand("SELECT organisation_number FROM mt_doc_supplier WHERE tenant_id = $1 AND sole_trader") { Parameters = { Sql.Text(scope.Region) } },
        async (reader, ct) => new NaturalPersons(await RowsAsync(reader, r => r.GetString(0), ct)));

    /// <summary>The contracts of suppliers that carry another mark than theirs, ended ones included.</summary>
    public Fetched<IReadOnlyList<Contract>> ContractsMarkedOtherwise(IReadOnlyCollection<SupplierMark> marks) => MarkedOtherwise<Contract>(
        """
        SELECT k.data, k.mt_last_modified FROM (
            SELECT s.id, m.sole_trader FROM unnest($2, $4) AS m (id, sole_trader) JOIN mt_doc_supplier s ON s.tenant_id = $1 AND s.id = m.id
            UNION ALL
            SELECT s.id, m.sole_trader FROM unnest($3, $4) AS m (number, sole_trader) JOIN mt_doc_supplier s ON s.tenant_id = $1 AND s.organisation_number = m.number
        ) AS m JOIN mt_doc_contract k ON k.tenant_id = $1 AND k.supplier_id = m.id
            AND (coalesce(k.data #>> '{content,supplier,soleTrader}', 'false') = 'true') <> m.sole_trader
        """, marks);

    /// <summary>The cases about suppliers that carry another mark than theirs, closed ones included.</summary>
    public Fetched<IReadOnlyList<EscalationCase>> CasesMarkedOtherwise(IReadOnlyCollection<SupplierMark> marks) => MarkedOtherwise<EscalationCase>(
        """
        SELECT c.data, c.mt_last_modified FROM (
            SELECT s.id, m.sole_trader FROM unnest($2, $4) AS m (id, sole_trader) JOIN mt_doc_supplier s ON s.tenant_id = $1 AND s.id = m.id
            UNION ALL
            SELECT s.id, m.sole_trader FROM unnest($3, $4) AS m (number, sole_trader) JOIN mt_doc_supplier s ON s.tenant_id = $1 AND s.organisation_number = m.number
        ) AS m JOIN mt_doc_escalationcase c ON c.tenant_id = $1 AND c.supplier_id = m.id
            AND (coalesce(c.data #>> '{supplier,soleTrader}', 'false') = 'true') <> m.sole_trader
        """, marks);

    private Fetched<IReadOnlyList<T>> MarkedOtherwise<T>(string sql, IReadOnlyCollection<SupplierMark> marks) => marks.Count == 0
        ? new Fetched<IReadOnlyList<T>> { Value = [] }
        : Add(
            new NpgsqlBatchCommand(sql)
            {
                Parameters =
                {
                    Sql.Text(scope.Region),
                    Sql.Array(marks.Select(m => m.Id), NpgsqlDbType.Uuid),
                    Sql.Array(marks.Select(m => m.Number), NpgsqlDbType.Varchar),
                    Sql.Array(marks.Select(m => m.SoleTrader), NpgsqlDbType.Boolean),
                },
            },
            async (reader, ct) => (IReadOnlyList<T>)await RowsAsync(reader, Read<T>, ct));

    /// <summary>As it is named in an address; a sole trader only by its id.</summary>
    public Fetched<KnownSupplier?> Supplier(SupplierKey key) => One<KnownSupplier>(
        new Where(scope).AndIs("id", key).Select("SELECT data, mt_last_modified FROM mt_doc_supplier", ""));

    /// <summary>The one whose contracts the supplier has taken over, where its history is carried on.</summary>
    public Fetched<KnownSupplier?> PredecessorOf(SupplierKey key) => One<KnownSupplier>(
        new Where(scope).AndIsPredecessorOf("id", key).Select("SELECT data, mt_last_modified FROM mt_doc_supplier", ""));

    /// <param name="most">How many contracts and how many cases at most.</param>
    public Fetched<SupplierRecord> RecordOf(SupplierKey supplier, (int Contracts, int Cases) most) => Record(w => w.And(supplier), most);

    /// <inheritdoc cref="RecordOf"/>
    public Fetched<SupplierRecord> RecordOfPredecessorOf(SupplierKey supplier, (int Contracts, int Cases) most) =>
        Record(w => w.AndIsPredecessorOf("supplier_id", supplier), most);

    private Fetched<SupplierRecord> Record(Func<Where, Where> supplier, (int Contracts, int Cases) most)
    {
        var contracts = Page<Contract>(supplier(new Where(scope)), "FROM mt_doc_contract", "ORDER BY number", most.Contracts, 0);
        var cases = Page<EscalationCase>(
            supplier(new Where(scope)).And("state =", (CaseState?)CaseState.Open, v => Sql.Text(StoreJson.Code(v))), "FROM mt_doc_escalationcase", "ORDER BY step DESC, id", most.Cases, 0);
        return Add(supplier(new Where(scope)).Select("SELECT status, count(*) FROM mt_doc_deviation", "GROUP BY status"), async (reader, ct) =>
        {
            var counts = await RowsAsync(reader, r => (Status: Enum.Parse<DeviationStatus>(r.GetString(0), ignoreCase: true), Count: r.GetInt64(1)), ct);
            return new SupplierRecord(contracts.Value, cases.Value, counts.ToDictionary(c => c.Status, c => c.Count));
        });
    }

    private Fetched<T?> One<T>(NpgsqlBatchCommand command) where T : class => Add(command, async (reader, ct) => await reader.ReadAsync(ct) ? Read<T>(reader) : null);

    private sealed partial class Where
    {
        /// <summary>Sorts after every character that a word or a number holds.</summary>
        private const string Last = "\uFFFF";

        /// <summary>By the platform's id, or by organisation number, which the region's suppliers translate; a sole trader has none there.</summary>
        public Where And(SupplierKey? supplier) => supplier is { } key ? AndIs("supplier_id", key) : this;

        /// <param name="column">The supplier's id.</param>
        public Where AndIs(string column, SupplierKey key)
        {
            _conditions.Add(string.Join(' ', column, "=", Id(key)));
            return this;
        }

        /// <param name="column">The predecessor's id.</param>
        public Where AndIsPredecessorOf(string column, SupplierKey key)
        {
            _conditions.Add(string.Join(' ', column,
                "= (SELECT p.id FROM mt_doc_supplier p WHERE p.tenant_id = $1 AND p.organisation_number =",
                "(SELECT s.data #>> '{content,successorOf,organisationNumber}' FROM mt_doc_supplier s",
                "WHERE s.tenant_id = $1 AND s.data #>> '{content,successorOf,carriesHistory}' = 'true' AND s.id =", Id(key), "))"));
            return this;
        }

        /// <summary>Whatever has a word of the kind for every word of the text, which is its beginning.</summary>
        public Where AndWords(string kind, string? text) => SearchWords.Of(text).Aggregate(this, (where, word) => where.AndWord(kind, word));

        public Where AndWord(string kind, string? beginning)
        {
            if (beginning is not null)
                _conditions.Add(string.Join(' ',
                    "id IN (SELECT w.object_id FROM catalogue_words w WHERE w.tenant_id = $1 AND w.kind =", Next(() => Sql.Text(kind)),
                    "AND w.word >=", Next(() => Sql.Text(beginning)), "AND w.word <", Next(() => Sql.Text(beginning + Last)), ")"));
            return this;
        }

        /// <param name="column">Of single bytes, which are sorted as they are.</param>
        public Where AndBeginning(string column, string? beginning)
        {
            if (beginning is not null)
                _conditions.Add(string.Join(' ', column, ">=", Next(() => Sql.Text(beginning)), "AND", column, "<", Next(() => Sql.Text(beginning + Last))));
            return this;
        }

        /// <summary>What has no first or no last day is valid before and after every day.</summary>
        public Where AndValidOn(DateOnly? day)
        {
            if (day is { } d)
            {
                var on = Next(() => Sql.Of(d, NpgsqlDbType.Date));
                _conditions.Add(string.Join(' ', "(valid_until >=", on, "OR valid_until IS NULL) AND (valid_from <=", on, "OR valid_from IS NULL)"));
            }
            return this;
        }

        private string Id(SupplierKey key) => key.Id is { } id
            ? Next(() => Sql.Uuid(id))
            : string.Join(' ', "(SELECT w.object_id FROM catalogue_words w WHERE w.tenant_id = $1 AND w.kind = 'number' AND w.word =", Next(() => Sql.Text(key.OrganisationNumber)), ")");

        private string Next(Func<NpgsqlParameter> parameter)
        {
            _parameters.Add(parameter);
            return Placeholder(0);
        }
    }
}
