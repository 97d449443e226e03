using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>Which column of a file means what: names in any order and case, English or Swedish, blanks and punctuation left out.</summary>
internal sealed class CsvColumns
{
    public const string ContractNumber = "contractNumber";
    public const string Title = "title";
    public const string OrganisationNumber = "organisationNumber";
    public const string SupplierName = "supplierName";
    public const string Country = "country";
    public const string Scheme = "scheme";
    public const string SoleTrader = "soleTrader";
    public const string Category = "category";
    public const string Cpv = "cpv";
    public const string OwnerAddress = "ownerAddress";
    public const string OwnerFunction = "ownerFunction";
    public const string OwnerRole = "ownerRole";
    public const string ValidFrom = "validFrom";
    public const string ValidUntil = "validUntil";
    public const string OptionUntil = "optionUntil";
    public const string OptionExerciseBy = "optionExerciseBy";
    public const string OptionExercised = "optionExercised";
    public const string ParticipatingBodies = "participatingBodies";
    public const string Clauses = "clauses";
    public const string SocialClause = "socialClause";
    public const string Value = "value";
    public const string Currency = "currency";

    private const int Most = 500;
    private const int MostNamed = 50;

    private static readonly string[] Required = [ContractNumber, Title, OrganisationNumber, SupplierName, Category, OwnerAddress];

    /// <summary>
    /// The names of each column. Those behind the bar are what the award statistics (annonsdatabaser, UHM) call what comes nearest: they count, the first before the
    /// next, where the file has none of the others.
    /// </summary>
    private static readonly (string Column, string[] Names, string[] Nearest)[] Known =
    [
        Column(ContractNumber, ["contractNumber", "avtalsnummer", "avtalsnr", "avtals-id", "kontraktsnummer"], ["diarienummer", "referensnummer", "annons-id", "upphandlings-id"]),
        Column(Title, ["title", "benämning", "avtalsbenämning", "avtalsnamn"], ["avtalsområde", "upphandlingens namn", "upphandlingens benämning", "annonsens rubrik", "rubrik"]),
        Column(OrganisationNumber, ["supplierOrganisationNumber", "leverantörens organisationsnummer", "leverantörens orgnr", "organisationsnummer leverantör", "leverantör organisationsnummer"],
            ["organisationNumber", "organisationsnummer", "orgnr"]),
        Column(SupplierName, ["supplierName", "leverantör", "leverantörens namn", "leverantörsnamn"], ["supplier", "vinnande leverantör", "antagen leverantör", "anbudsgivare"]),
        Column(Country, ["country", "land", "leverantörens land"], []),
        Column(Scheme, ["scheme", "register"], []),
        Column(SoleTrader, ["soleTrader", "enskild firma", "enskild näringsidkare"], []),
        Column(Category, ["category", "kategori", "LfU-kategori"], ["CPV-benämning", "CPV-beskrivning", "huvudområde"]),
        Column(Cpv, ["cpv", "CPV-kod", "CPV-koder"], ["huvud-CPV", "CPV huvudkod"]),
        Column(OwnerAddress, ["ownerAddress", "avtalsansvarigs e-post", "avtalsansvarig e-post", "avtalsägarens e-post"], ["kontakt e-post", "kontaktperson e-post", "e-post"]),
        Column(OwnerFunction, ["ownerFunction", "avtalsansvarigs funktion", "avtalsansvarig funktion", "avtalsägarens funktion"], ["funktion"]),
        Column(OwnerRole, ["ownerRole", "avtalsansvarigs roll", "avtalsansvarig roll", "avtalsägarens roll"], ["roll"]),
        Column(ValidFrom, ["validFrom", "avtalsstart", "startdatum", "giltigt från"], ["avtalsdatum", "datum för avtal", "kontraktsdatum"]),
        Column(ValidUntil, ["validUntil", "avtalsslut", "slutdatum", "giltigt till"], []),
        Column(OptionUntil, ["optionUntil", "option till", "optionsslut"], []),
        Column(OptionExerciseBy, ["optionExerciseBy", "option utnyttjas senast", "senast utnyttjad"], []),
        Column(OptionExercised, ["optionExercised", "option utnyttjad"], []),
        Column(ParticipatingBodies, ["participatingBodies", "avropsberättigade", "deltagande organisationer"], []),
        Column(Clauses, ["clauses", "klausuler"], []),
        Column(SocialClause, ["socialClause", "sociala villkor", "social klausul", "sociala avtalsvillkor"], ["sociala krav", "sociala hänsyn"]),
        Column(Value, ["value", "kontraktsvärde", "avtalsvärde"], ["värde", "uppskattat värde"]),
        Column(Currency, ["currency", "valuta"], []),
    ];

    private readonly Dictionary<string, int> _places = [];
    private readonly IReadOnlyList<string> _header;

    private CsvColumns(IReadOnlyList<string> header) => _header = header;

    public int Count => _header.Count;

    /// <summary>The file's own names of what is not understood, the first of them.</summary>
    public IReadOnlyList<string> Ignored { get; private init; } = [];

    /// <exception cref="UnreadableFileException">A column is missing, or two mean the same.</exception>
    public static CsvColumns Of(IReadOnlyList<string> header)
    {
        if (header.Count > Most)
            throw Refused($"Filen har fler än {Most} kolumner.", $"The file has more than {Most} columns.");
        var folded = header.Select(Fold).ToArray();
        var columns = new CsvColumns(header)
        {
            Ignored = [.. header.Where((h, i) => folded[i].Length > 0 && !Known.Any(k => PlacesOf(k, folded).Take(1).Contains(i))).Take(MostNamed).Select(Faulted.NameOf)],
        };
        foreach (var known in Known)
        {
            var places = PlacesOf(known, folded);
            if (places.Length > 1 && (folded[places[0]] == folded[places[1]] || known.Names.Contains(folded[places[1]])))
                throw Refused($"Kolumnen {known.Column} finns mer än en gång.", $"The column {known.Column} is there more than once.");
            if (places.Length > 0)
                columns._places[known.Column] = places[0];
        }
        var missing = string.Join(", ", Required.Where(c => !columns._places.ContainsKey(c)));
        return missing.Length == 0 ? columns : throw Refused(
            $"I rubrikraden saknas {missing}; kolumnerna skiljs åt med semikolon, komma eller tabb.", $"The header line lacks {missing}; columns are separated by semicolon, comma or tab.");
    }

    /// <returns>What stands in the column, white space at both ends left out; null where the file has no such column or the cell is empty.</returns>
    public string? Cell(IReadOnlyList<string> cells, string column) =>
        _places.TryGetValue(column, out var place) && place < cells.Count && cells[place].AsSpan().Trim() is { Length: > 0 } text ? text.ToString() : null;

    /// <returns>The file's own name of the column.</returns>
    public string NameOf(string column) => _places.TryGetValue(column, out var place) ? _header[place].Trim() : column;

    private static UnreadableFileException Refused(string sv, string en) => new(422, "columns", new Text(sv, en), 1);

    /// <summary>The places of the columns that could be meant, the one that is meant first.</summary>
    private static int[] PlacesOf((string Column, string[] Names, string[] Nearest) known, string[] folded) =>
        [.. known.Names.Concat(known.Nearest).SelectMany(name => folded.Index().Where(f => f.Item == name).Select(f => f.Index))];

    private static (string Column, string[] Names, string[] Nearest) Column(string column, string[] names, string[] nearest) =>
        (column, [.. names.Select(Fold)], [.. nearest.Select(Fold)]);

    private static string Fold(string name) => string.Concat(SearchWords.Of(name));
}
