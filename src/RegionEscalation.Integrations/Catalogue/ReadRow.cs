using RegionEscalation.Domain.Contracts;
using RegionEscalation.Http;

namespace RegionEscalation.Integrations.Catalogue;

/// <summary>A row as a file or a page gives it, after every check that needs nothing but the row.</summary>
/// <param name="Line">Where it begins, from 1; of pages the running number of the item.</param>
public abstract record ReadRow(long Line)
{
    public sealed record Good(long Line, CatalogueRow Row) : ReadRow(Line);

    /// <param name="Kind"><c>contract</c> or <c>supplier</c>, where it could be read.</param>
    /// <param name="Key">The number of the contract or supplier, where it could be read.</param>
    /// <param name="Faults">At least one.</param>
    public sealed record Bad(long Line, string? Kind, string? Key, IReadOnlyList<RowFault> Faults) : ReadRow(Line);
}

/// <param name="Value">The beginning of what stood in the field, at most 200 characters, never a personal identity number.</param>
public sealed record RowFault(string Field, string Rule, Text Message, string? Value = null);

/// <summary>The file as a whole cannot be read any further; nothing of it is kept.</summary>
/// <param name="rule">A stable word, such as <c>gzip</c>.</param>
/// <param name="status">What the request is answered with: 400, 413 or 422.</param>
public sealed class UnreadableFileException(int status, string rule, Text text, long? line = null) : Exception("The file cannot be read.")
{
    public int Status => status;

    public string Rule => rule;

    public Text Text => text;

    public long? Line => line;
}
