using Microsoft.AspNetCore.Http;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>For whom a caller reads, and what the access policy lets it see of a row.</summary>
internal static class Readers
{
    /// <summary>A region for every region that it reads for, and its national functions; nobody where the token says nothing of the kind.</summary>
    public static IReadOnlyList<NationalReader> Of(Caller caller)
    {
        var readers = new List<NationalReader>();
        if (caller.Roles.Contains(Role.Reader))
            readers.AddRange(caller.Regions.Order(StringComparer.Ordinal).Select(NationalReader.OfRegion));
        if (caller.Roles.Contains(Role.Coordinator))
            readers.Add(NationalReader.Coordination);
        if (caller.Roles.Contains(Role.NationalOffice))
            readers.Add(NationalReader.Office);
        if (caller.Roles.Contains(Role.Partner) && caller.Partner is { } partner)
            readers.Add(new NationalReader(ReaderKind.Partner, partner));
        if (caller.Roles.Contains(Role.Supplier))
            readers.AddRange(caller.Suppliers.Select(number => new NationalReader(ReaderKind.Supplier, number)));
        if (caller.Roles.Contains(Role.Auditor))
            readers.Add(NationalReader.Auditor);
        // A code that is none of the form gives nothing.
        return [.. readers.Where(r => NationalReader.Parse(r.Key) is not null)];
    }

    /// <summary>For whom a caller may write: for a region it takes a handler, and nobody writes for a supplier.</summary>
    public static IReadOnlyList<NationalReader> Writers(Caller caller) =>
        [.. Of(caller).Where(r => r.Kind is ReaderKind.Region ? caller.Roles.Contains(Role.Handler) : r.Kind is ReaderKind.Coordination or ReaderKind.NationalOffice or ReaderKind.Partner)];

    public static Reading Reading(HttpContext http, TimeProvider time, string operation) =>
        new(http.Caller(), Of(http.Caller()), http.Purpose()!, operation, Now(time));

    /// <summary>The time now, UTC, whole microseconds.</summary>
    public static DateTimeOffset Now(TimeProvider time)
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Which fields of a row the readers see together.</summary>
    /// <param name="readers">For whom is read.</param>
    /// <param name="step">The step that the row tells of; null for what is told beyond steps, such as an all-clear.</param>
    /// <param name="supplierNumber">The row's supplier; null for a sole trader.</param>
    /// <param name="concerned">The codes of the regions that have to do with the supplier.</param>
    /// <param name="disclosedTo">Whom decisions in force disclose the case to, by key.</param>
    /// <param name="sentTo">Whom its notice was sent to, by key.</param>
    public static Func<NationalField, bool> Sees(
        IReadOnlyList<NationalReader> readers, int? step, string? supplierNumber, IReadOnlyCollection<string> concerned, IReadOnlyCollection<string> disclosedTo,
        IReadOnlyCollection<string> sentTo)
    {
        var seen = new HashSet<NationalField>();
        foreach (var reader in readers)
        {
            // A supplier reads of itself.
            if (reader.Kind == ReaderKind.Supplier && reader.Code != supplierNumber)
                continue;
            var kind = reader.Kind == ReaderKind.Region && concerned.Contains(reader.Code) ? ReaderKind.ConcernedRegion : reader.Kind;
            var disclosed = disclosedTo.Contains(reader.Key) || (kind == ReaderKind.ConcernedRegion && disclosedTo.Contains(Disclosures.RegionsConcerned));
            foreach (var field in Enum.GetValues<NationalField>())
            {
                var access = step is { } at ? NationalAccessPolicy.Of(kind, field, at) : NationalAccessPolicy.Of(kind, field);
                // Whoever was sent a notice also sees what became of it, whether or not the decision still stands.
                var told = NationalAccessPolicy.TierOf(field) == AccessTier.T0 && sentTo.Contains(reader.Key);
                if (NationalAccessPolicy.Reads(access, disclosed || told))
                    seen.Add(field);
            }
        }
        return seen.Contains;
    }
}
