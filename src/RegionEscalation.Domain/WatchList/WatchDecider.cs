using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.WatchList;

public abstract record WatchCommand;

/// <param name="Supplier">As the region knows it; null when it has none such.</param>
/// <param name="ContractNumber">Null to watch the supplier as a whole.</param>
/// <param name="Contract">The contract of that number as the region's catalogue has it now; null when the number is unknown, or none was given.</param>
/// <param name="ReviewBy">Last day, Swedish calendar date; at most six months ahead (R-W1).</param>
/// <param name="Standing">The entry about the same supplier and contract that has not ended, if there is one.</param>
public sealed record AddToWatchList(
    Guid EntryId,
    Supplier? Supplier,
    string? ContractNumber,
    Contract? Contract,
    string Reason,
    string Source,
    string Owner,
    DateOnly ReviewBy,
    OpeningRisk? Risk,
    WatchEntry? Standing) : WatchCommand;

public sealed record RenewWatch(DateOnly ReviewBy, string Reason, string RenewedBy) : WatchCommand;

public sealed record AssessWatchedRisk(Guid AssessmentId, RiskAssessmentContent Content) : WatchCommand;

public sealed record ClearFromWatchList(string Reason, string ClearedBy) : WatchCommand;

/// <summary>A case is opened from it; the case's own rules are asked beside this.</summary>
public sealed record PromoteWatch(Guid CaseId) : WatchCommand;

/// <summary>Notes that time has ended it. No person or client asks for it.</summary>
public sealed record NoteLapse : WatchCommand;

/// <summary>Decides what a command on the watch list leads to (R-W1). Pure: no clock, no I/O, no exception for a rule.</summary>
public static class WatchDecider
{
    /// <summary>How far ahead the review lies at most (R-W1).</summary>
    public const int MostMonths = 6;

    /// <summary>An entry is read and written whole; what is renewed and assessed more often than this is no watch any more.</summary>
    private const int MostItems = 200;

    public static Decision<WatchEvent> Decide(WatchCommand command, WatchEntry? entry, DateTimeOffset now) => (command, entry) switch
    {
        (AddToWatchList c, null) => Add(c, now),
        (NoteLapse, { } w) => w.State == WatchState.Watching && w.StateAt(now) == WatchState.Expired
            ? Decision<WatchEvent>.Accept(new WatchLapsed(now, w.ReviewBy))
            : Decision<WatchEvent>.Accept(),
        (_, { } w) when w.StateAt(now) != WatchState.Watching => Decision<WatchEvent>.Reject(NotWatching()),
        (RenewWatch c, { } w) => Decision<WatchEvent>.Unless([.. AgainstReview(c.ReviewBy, now), .. AgainstRenewal(c, w)],
            () => [new WatchRenewed(now, c.ReviewBy, c.Reason, c.RenewedBy)]),
        (AssessWatchedRisk c, { } w) => Decision<WatchEvent>.Unless([.. RiskAssessments.Against(c.Content, now), .. AgainstMore(w)],
            () => [new WatchRiskAssessed(now, c.AssessmentId, c.Content)]),
        (ClearFromWatchList c, { }) => Decision<WatchEvent>.Accept(new WatchCleared(now, c.Reason, c.ClearedBy)),
        (PromoteWatch c, { }) => Decision<WatchEvent>.Accept(new WatchPromoted(now, c.CaseId)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} does not apply to {(entry is null ? "nothing" : "an entry")}."),
    };

    private static Decision<WatchEvent> Add(AddToWatchList c, DateTimeOffset now) => Decision<WatchEvent>.Unless(
        [
            .. AgainstSubject(c, now),
            .. AgainstReview(c.ReviewBy, now),
            .. c.Risk is { } risk ? RiskAssessments.Against(risk.Content, now, "riskAssessment.") : [],
        ],
        () =>
        [
            new SupplierPlacedUnderWatch(now, c.EntryId, c.Supplier!, c.Contract?.Reference(), c.Reason, c.Source, c.Owner, c.ReviewBy),
            .. c.Risk is { } risk ? new[] { new WatchRiskAssessed(now, risk.RecordId, risk.Content) } : [],
        ]);

    private static IEnumerable<Rejection> AgainstSubject(AddToWatchList c, DateTimeOffset now)
    {
        if (c.Supplier is null)
            yield return Rejection.InField("supplier", "unknownSupplier", "Regionen har ingen sådan leverantör.", "The region has no such supplier.");
        if (c.ContractNumber is not null && c.Contract is null)
            yield return Rejection.InField("contractNumber", "unknownContract",
                "Regionen har inget avtal med det numret.", "The region has no contract with that number.");
        if (c.Supplier is not null && c.Contract is not null && c.Contract.Content.Supplier.Id != c.Supplier.Id)
            yield return new Rejection("R-G1", "otherSupplier", new Label(
                "Avtalet har en annan leverantör.", "The contract is another supplier's."), Field: "contractNumber");
        if (c.Standing?.StateAt(now) == WatchState.Watching)
            yield return new Rejection("R-W1", "alreadyWatched", new Label(
                $"Leverantören och avtalet står redan på bevakningslistan: {c.Standing.Id}.",
                $"The supplier and the contract are on the watch list already: {c.Standing.Id}."), Field: "supplier");
    }

    private static IEnumerable<Rejection> AgainstReview(DateOnly reviewBy, DateTimeOffset now)
    {
        var today = SwedishTime.DateOf(now);
        if (reviewBy < today)
            yield return W1("reviewInPast", "Bevakningen ska ses över i dag eller senare.", "The watch is reviewed today or later.");
        if (reviewBy > today.AddMonths(MostMonths))
            yield return W1("reviewTooFarAhead",
                $"Bevakningen ska ses över inom {MostMonths} månader.", $"The watch is reviewed within {MostMonths} months.");
    }

    private static IEnumerable<Rejection> AgainstRenewal(RenewWatch c, WatchEntry w)
    {
        if (c.ReviewBy <= w.ReviewBy)
            yield return W1("reviewNotLater", "En förnyad bevakning ses över senare än den förra.", "A renewed watch is reviewed later than before.");
        foreach (var tooMany in AgainstMore(w))
            yield return tooMany;
    }

    private static IEnumerable<Rejection> AgainstMore(WatchEntry w)
    {
        if (w.Renewals.Count + w.RiskAssessments.Count >= MostItems)
            yield return Lifecycle("tooMany", $"En bevakning har högst {MostItems} förnyelser och riskbedömningar.",
                $"A watch has at most {MostItems} renewals and risk assessments.");
    }

    private static Rejection NotWatching() => Lifecycle("notWatching", "Bevakningen har upphört.", "The watch has ended.");

    private static Rejection W1(string reason, string sv, string en) => new("R-W1", reason, new Label(sv, en), Field: "reviewBy");

    private static Rejection Lifecycle(string reason, string sv, string en) => new("watchLifecycle", reason, new Label(sv, en));
}
