using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.WatchList;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi.Cases;

/// <summary>What the opening of a case is decided on, added to the one query, and what is written with it.</summary>
internal sealed class CaseOpening(BatchedQuery query, string contractNumber, TransitionBasis basis)
{
    private readonly Fetched<Contract?> _contract = query.Contract(contractNumber);
    private readonly Fetched<IReadOnlyList<Deviation>> _deviations =
        query.Deviations(basis.Evidence.Where(e => e is { Kind: EvidenceKind.Deviation, Id: not null }).Select(e => e.Id!.Value).Distinct());
    private readonly Fetched<EscalationCase?> _other = query.OpenCaseAbout(contractNumber);
    private readonly Fetched<ContractDeviations?> _ofContract = query.DeviationsUnder(ContractKey.OfNumber(contractNumber));
    private readonly Fetched<LadderSettingsState?> _settings = query.LadderSettings();

    public CaseContext Context(DateTimeOffset now) => Commands.ContextOf(_settings.Value.OrDefault().Ladder, _settings, now);

    public Domain.Cases.OpenCase Command(
        Guid caseId, string? registrationNumber, int toStep, OpeningRisk? risk = null, OpeningIncident? incident = null, WatchEntry? watch = null) =>
        new(caseId, registrationNumber, _contract.Value, toStep, _deviations.Value, basis, _other.Value?.Id, risk, incident, watch);

    /// <summary>
    /// The case, told of what recurs under its contract already (R-E1), and its deviations, which now belong to it. At every step it rests on the contract as it was
    /// read: what the catalogue says of it meanwhile would reach no case.
    /// </summary>
    /// <returns>The case, and how many events it began with.</returns>
    public (EscalationCase Opened, int Events) Append(RegionSession session, IReadOnlyList<CaseEvent> decided, CaseContext context)
    {
        var opened = decided.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!;
        IReadOnlyList<CaseEvent> events = [.. decided, .. Recurrence.Advise(opened, _ofContract.Value!.Deviations, context)];
        session.Hold(_ofContract.Value, opened.Supplier.Id, openCase: null, _contract.Value!.Version);
        opened = session.Append(null, events);
        foreach (var deviation in _deviations.Value)
            session.Append(deviation, [new DeviationJoinedCase(context.Now, opened.Id)]);
        return (opened, events.Count);
    }
}
