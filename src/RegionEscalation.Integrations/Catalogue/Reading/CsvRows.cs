using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using CsvHelper;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue.Reading;

/// <summary>
/// The rows of a CSV file, a contract each (RFC 4180). A row is written as the JSON that the same contract would be put with, so that one and the same check
/// decides; what it finds is told by the file's own columns.
/// </summary>
internal sealed partial class CsvRows
{
    private static readonly Text NotUtf8 = new(
        "Raden är inte UTF-8; en fil i Latin-1 eller Windows-1252 anges med charset.", "The row is not UTF-8; a file in Latin-1 or Windows-1252 is declared by charset.");
    private static readonly Text Quotes = new(
        "Citattecknen går inte ihop; ett citattecken i en cell dubbleras och cellen omges av citattecken.", "The quotes do not match; a quote within a cell is doubled and the cell put in quotes.");
    private static readonly Text Cells = new("Raden har inte lika många celler som rubrikraden.", "The row has not as many cells as the header line.");

    private static readonly Dictionary<string, string> ClauseTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["vite"] = "penalty",
        ["hävning"] = "rescission",
        ["uppsägning"] = "termination",
        ["avropsstopp"] = "callOffStop",
        ["skadestånd"] = "damages",
        ["revision"] = "audit",
        ["penalty"] = "penalty",
        ["rescission"] = "rescission",
        ["termination"] = "termination",
        ["callOffStop"] = "callOffStop",
        ["damages"] = "damages",
        ["audit"] = "audit",
    };

    private readonly CatalogueFileLimits _limits;
    private readonly Encoding _encoding;
    private readonly Func<string, bool> _containsPersonalNumber;
    private readonly CsvReaderOptions _options;
    private readonly CsvColumns _columns;
    private readonly ArrayBufferWriter<byte> _json = new();

    /// <param name="file">Its header line is the record that was read last.</param>
    /// <exception cref="UnreadableFileException">The header line says not what the columns are.</exception>
    public CsvRows(RecordReader file, Encoding encoding, CatalogueFileLimits limits, Func<string, bool> containsPersonalNumber)
    {
        (_encoding, _limits, _containsPersonalNumber) = (encoding, limits, containsPersonalNumber);
        var separator = Separators.MaxBy(s => Outside(file.Record.Span, s));
        file.SeparateBy(separator);
        _options = new CsvReaderOptions
        {
            Separator = (char)separator,
            HasHeader = false,
            DetectSeparatorHint = false,
            MalformedData = CsvMalformedDataHandling.Throw,
            BufferSize = 1024,
        };
        if (file.TooLong)
            throw new UnreadableFileException(422, "columns", Faulted.TooLong(limits.RecordBytes), file.Line);
        var (header, fault) = Read(file.Record);
        _columns = header is null ? throw new UnreadableFileException(422, fault!.Rule, fault.Message, file.Line) : CsvColumns.Of(header);
    }

    /// <summary>Semicolon, comma or tab.</summary>
    public static byte[] Separators { get; } = [(byte)';', (byte)',', (byte)'\t'];

    public IReadOnlyList<string> Ignored => _columns.Ignored;

    /// <returns>Null for a row with nothing in it.</returns>
    public ReadRow? Of(RecordReader file)
    {
        if (file.TooLong)
            return Unread(file, new("$", "length", Faulted.TooLong(_limits.RecordBytes)));
        if (file.Record.Span.IndexOfAnyExcept(" \t\r;,"u8) < 0)
            return null;
        var (cells, fault) = Read(file.Record);
        if (cells is null)
            return Unread(file, fault!);
        if (cells.Length < _columns.Count || cells.Skip(_columns.Count).Any(c => !string.IsNullOrWhiteSpace(c)))
            return Unread(file, new("$", "cells", Cells));

        Write(cells);
        var (line, faults) = CheckedJson.Read<CatalogueLine>(_json.WrittenSpan, _containsPersonalNumber);
        if (line is not null)
        {
            var (row, rowFaults) = CatalogueRows.Of(line);
            if (row is not null)
                return new ReadRow.Good(file.Line, row);
            faults = rowFaults;
        }
        var named = faults.Select(f => (Fault: f, Column: ColumnOf(f.Field))).Select(f => (f.Column, Fault: f.Column is null ? f.Fault : f.Fault with { Field = _columns.NameOf(f.Column) }))
            .DistinctBy(f => (f.Fault.Field, f.Fault.Rule)).ToArray();
        return Faulted.Row(file.Line, "contract", KeyOf(cells), named.Select(f => f.Fault), field => named.First(f => f.Fault.Field == field).Column switch
        {
            null => null,
            CsvColumns.OrganisationNumber when IsTrue(_columns.Cell(cells, CsvColumns.SoleTrader)) => null,
            var column => _columns.Cell(cells, column),
        });
    }

    /// <summary>A contract's number can often be read all the same; a snapshot must not end a contract whose row is only spoilt.</summary>
    private ReadRow.Bad Unread(RecordReader file, JsonFault fault)
    {
        var text = (_encoding is not UTF8Encoding ? _encoding : Utf8.IsValid(file.Record.Span) || file.TooLong ? Encoding.UTF8 : Encoding.Latin1).GetString(file.Record.Span);
        // A quote may have made several rows one, and a snapshot must not end the others' contracts: then no number was read.
        var key = file.TooLong || text.AsSpan().IndexOfAny('\n', '\r') >= 0 ? null : KeyOf(CellsOf(Encoding.UTF8.GetBytes(text)) ?? []);
        return Faulted.Row(file.Line, key is null ? null : "contract", key, [fault], _ => text);
    }

    private string? KeyOf(string[] cells) =>
        _columns.Cell(cells, CsvColumns.ContractNumber) is { } key && WholeNumber().IsMatch(key) && !_containsPersonalNumber(key) ? key : null;

    private (string[]? Cells, JsonFault? Fault) Read(ReadOnlyMemory<byte> record)
    {
        if (_encoding is not UTF8Encoding)
            record = Encoding.UTF8.GetBytes(_encoding.GetString(record.Span));
        else if (!Utf8.IsValid(record.Span))
            return (null, new("$", "encoding", NotUtf8));
        return CellsOf(record) is { } cells ? (cells, null) : (null, new("$", "quotes", Quotes));
    }

    /// <returns>Null where it is not one record of quotes that match.</returns>
    private string[]? CellsOf(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var reader = CsvReader.Create(utf8, _options);
            string[] cells = reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : [];
            return reader.Read() ? null : cells;
        }
        catch (CsvFormatException)
        {
            return null;
        }
    }

    private void Write(string[] cells)
    {
        _json.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        Member("contractNumber", CsvColumns.ContractNumber);
        json.WriteStartObject("contract");
        Member("title", CsvColumns.Title);
        json.WriteStartObject("supplier");
        Member("organisationNumber", CsvColumns.OrganisationNumber);
        Member("name", CsvColumns.SupplierName);
        Member("country", CsvColumns.Country);
        Member("scheme", CsvColumns.Scheme);
        YesOrNo("soleTrader", Cell(CsvColumns.SoleTrader));
        json.WriteEndObject();
        Member("category", CsvColumns.Category);
        Member("ownerAddress", CsvColumns.OwnerAddress);
        Member("ownerFunction", CsvColumns.OwnerFunction);
        Member("ownerRole", CsvColumns.OwnerRole);
        Member("validFrom", CsvColumns.ValidFrom);
        Member("validUntil", CsvColumns.ValidUntil);
        YesOrNo("socialClause", Cell(CsvColumns.SocialClause));
        List("cpv", Cell(CsvColumns.Cpv)?.Split([' ', '|', ',', ';'], StringSplitOptions.RemoveEmptyEntries) ?? []);
        List("participatingBodies", Items(CsvColumns.ParticipatingBodies));
        WriteClauses();
        WriteOptions();
        if (Cell(CsvColumns.Value) is { } value)
        {
            json.WriteStartObject("value");
            if (AmountOf(value) is { } amount)
                json.WriteNumber("amount", amount);
            else
                json.WriteString("amount", value);
            Member("currency", CsvColumns.Currency);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();

        string? Cell(string column) => _columns.Cell(cells, column);

        string[] Items(string column) => Cell(column)?.Split('|', StringSplitOptions.TrimEntries) ?? [];

        void Member(string name, string column)
        {
            if (Cell(column) is { } text)
                json.WriteString(name, text);
        }

        void YesOrNo(string name, string? text)
        {
            if (IsTrue(text) || IsFalse(text))
                json.WriteBoolean(name, IsTrue(text));
            else if (!string.IsNullOrEmpty(text))
                json.WriteString(name, text);
        }

        void List(string name, string[] items)
        {
            json.WriteStartArray(name);
            foreach (var item in items)
                json.WriteStringValue(item);
            json.WriteEndArray();
        }

        void WriteClauses()
        {
            json.WriteStartArray("clauses");
            foreach (var clause in Items(CsvColumns.Clauses))
            {
                var parts = clause.Split('=', 2, StringSplitOptions.TrimEntries);
                json.WriteStartObject();
                json.WriteString("type", ClauseTypes.GetValueOrDefault(parts[0], parts[0]));
                if (parts.Length > 1)
                    json.WriteString("reference", parts[1]);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }

        void WriteOptions()
        {
            var (until, exerciseBy, exercised) = (Items(CsvColumns.OptionUntil), Items(CsvColumns.OptionExerciseBy), Items(CsvColumns.OptionExercised));
            json.WriteStartArray("options");
            for (var i = 0; i < Math.Max(until.Length, Math.Max(exerciseBy.Length, exercised.Length)); i++)
            {
                json.WriteStartObject();
                if (until.ElementAtOrDefault(i) is { Length: > 0 } day)
                    json.WriteString("until", day);
                if (exerciseBy.ElementAtOrDefault(i) is { Length: > 0 } latest)
                    json.WriteString("exerciseBy", latest);
                YesOrNo("exercised", exercised.ElementAtOrDefault(i));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    /// <summary>
    /// Decimal comma or point, blanks between the thousands; points or commas between them only where they cannot be decimals. What could be either, such as
    /// <c>1.250</c>, is no amount: a thousand times too much or too little would be believed.
    /// </summary>
    private static decimal? AmountOf(string text)
    {
        var plain = Blanks().Replace(text, "");
        plain = plain switch
        {
            _ when PointsThenComma().IsMatch(plain) => plain.Replace(".", "", StringComparison.Ordinal),
            _ when CommasThenPoint().IsMatch(plain) => plain.Replace(",", "", StringComparison.Ordinal),
            _ => plain,
        };
        return PlainAmount().IsMatch(plain) && decimal.TryParse(plain.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;
    }

    /// <param name="field">A path in the JSON.</param>
    private static string? ColumnOf(string field) => Index().Replace(field, "") switch
    {
        "contractNumber" => CsvColumns.ContractNumber,
        "contract.supplier.organisationNumber" => CsvColumns.OrganisationNumber,
        "contract.supplier.name" => CsvColumns.SupplierName,
        "contract.supplier.country" => CsvColumns.Country,
        "contract.supplier.scheme" => CsvColumns.Scheme,
        "contract.supplier.soleTrader" => CsvColumns.SoleTrader,
        "contract.options" or "contract.options.until" => CsvColumns.OptionUntil,
        "contract.options.exerciseBy" => CsvColumns.OptionExerciseBy,
        "contract.options.exercised" => CsvColumns.OptionExercised,
        "contract.value" or "contract.value.amount" => CsvColumns.Value,
        "contract.value.currency" => CsvColumns.Currency,
        var path when path.StartsWith("contract.clauses", StringComparison.Ordinal) => CsvColumns.Clauses,
        var path when path.StartsWith("contract.", StringComparison.Ordinal) => path["contract.".Length..],
        _ => null,
    };

    private static bool IsTrue(string? text) => text?.ToUpperInvariant() is "JA" or "J" or "TRUE" or "YES" or "1" or "SANT";

    private static bool IsFalse(string? text) => text?.ToUpperInvariant() is "NEJ" or "N" or "FALSE" or "NO" or "0" or "FALSKT";

    private static int Outside(ReadOnlySpan<byte> header, byte separator)
    {
        var (count, quoted) = (0, false);
        foreach (var b in header)
        {
            quoted ^= b == '"';
            count += b == separator && !quoted ? 1 : 0;
        }
        return count;
    }

    [GeneratedRegex(@"\A" + ContractRequest.NumberPattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"[ \u00A0\u202F]", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\A[0-9]{1,3}(\.[0-9]{3})+,[0-9]+\z|\A[0-9]{1,3}(\.[0-9]{3}){2,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PointsThenComma();

    [GeneratedRegex(@"\A[0-9]{1,3}(,[0-9]{3})+\.[0-9]+\z|\A[0-9]{1,3}(,[0-9]{3}){2,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommasThenPoint();

    [GeneratedRegex(@"\A[0-9]{1,15}([.,][0-9]{1,2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainAmount();

    [GeneratedRegex(@"\[[0-9]+\]", RegexOptions.CultureInvariant)]
    private static partial Regex Index();
}
