using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue.Pull;

public enum PullAuthentication
{
    None,
    ApiKey,

    /// <summary>OAuth 2 client credentials.</summary>
    ClientCredentials,
}

/// <summary>A region's own catalogue, the section <c>Catalogue:Sources:{region}</c>: where it is, when and how it is read, and what its fields mean.</summary>
public sealed record PullOptions
{
    /// <summary>The first page; https, but in Development.</summary>
    public string? Url { get; init; }

    /// <summary>From the end of one run to the next; a little longer by chance. Either this or <see cref="DailyAt"/>.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Swedish time, <c>HH:mm</c>; up to five minutes later by chance.</summary>
    public string? DailyAt { get; init; }

    public PullAuthenticationOptions Authentication { get; init; } = new();

    /// <summary>Where on a page its list of items stands; <c>$</c> where the page is the list.</summary>
    public string ItemsPath { get; init; } = "$";

    /// <summary>Where on a page the address of the next one stands. Without this and a cursor, a header <c>Link</c> with <c>rel="next"</c> is followed.</summary>
    public string? NextLinkPath { get; init; }

    /// <summary>Where on a page the cursor of the next one stands.</summary>
    public string? NextCursorPath { get; init; }

    /// <summary>The query parameter that takes the cursor.</summary>
    public string? CursorParameter { get; init; }

    /// <summary>The query parameter that takes <see cref="PageSize"/>.</summary>
    public string? PageSizeParameter { get; init; }

    public int PageSize { get; init; } = 500;

    /// <summary>The query parameter of a catalogue that tells what has changed since.</summary>
    public string? ChangedSinceParameter { get; init; }

    /// <summary>Where on a page the value stands that the next run is to send with it; without, it is the time of the first answer, less <see cref="Overlap"/>.</summary>
    public string? ChangedSincePath { get; init; }

    /// <summary>What changed this long before the last run is asked for again, since clocks differ.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the first page's ETag and Last-Modified stand for the whole listing, so that 304 means that nothing is new.</summary>
    public bool Conditional { get; init; } = true;

    /// <summary>After this long everything is asked for, whatever is remembered.</summary>
    public TimeSpan WholeEvery { get; init; } = TimeSpan.FromDays(1);

    public ImportExtent Extent { get; init; } = ImportExtent.Partial;

    public ImportMode Mode { get; init; } = ImportMode.PerRow;

    public double RequestsPerSecond { get; init; } = 5;

    /// <summary>How long a request may take, its answer read to the end.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Before the second attempt; twice as long before each further one, and by chance more or less.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    public int MostPages { get; init; } = 10_000;

    /// <summary>Of all pages of a run together, unpacked.</summary>
    public long MostBytes { get; init; } = 1L << 30;

    /// <summary>By our field, such as <c>contract.supplier.organisationNumber</c>: where the catalogue has it and how it writes it.</summary>
    public Dictionary<string, FieldOptions> Mapping { get; init; } = [];
}

public sealed record PullAuthenticationOptions
{
    public PullAuthentication Kind { get; init; }

    /// <summary>The header that takes the API key.</summary>
    public string Header { get; init; } = "X-Api-Key";

    public string? Key { get; init; }

    public string? TokenUrl { get; init; }

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    public string? Scope { get; init; }
}

/// <summary>How one of our fields is filled.</summary>
public sealed record FieldOptions
{
    /// <summary>Where it stands: names joined by dots, <c>[n]</c> for the n-th of a list, <c>$</c> for the item itself.</summary>
    public string? Path { get; init; }

    /// <summary>Instead of a path: always this.</summary>
    public string? Constant { get; init; }

    /// <summary>Where the catalogue says nothing.</summary>
    public string? Default { get; init; }

    /// <summary>
    /// The catalogue's words and ours, in any case of letters; <c>*</c> for every other word. An empty one leaves the field out, and within a list the entry.
    /// A word that is not here rejects the item.
    /// </summary>
    public Dictionary<string, string>? Values { get; init; }

    /// <summary>How a date is written, such as <c>yyyyMMdd</c>; <c>yyyy-MM-dd</c>, <c>yyyyMMdd</c> and RFC 3339 are understood without.</summary>
    public string? Format { get; init; }

    /// <summary>Between the entries of a list that is written as one text.</summary>
    public string? Separator { get; init; }

    /// <summary>Of a list of objects: our fields of an entry, their paths from the entry on.</summary>
    public Dictionary<string, FieldOptions>? Items { get; init; }
}
