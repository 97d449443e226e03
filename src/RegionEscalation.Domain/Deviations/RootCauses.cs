namespace RegionEscalation.Domain.Deviations;

/// <summary>What lies behind a deviation, as the regions' statistics group it. A code once used keeps its meaning.</summary>
public enum RootCause
{
    Delivery,
    ProductQuality,
    ServicePerformance,
    Capacity,
    Staffing,
    SubSupplier,
    Transport,
    InformationSystems,
    LabellingOrInformation,
    PermitsOrCompliance,
    PriceOrInvoicing,
    OrderingErrorOfRegion,
    UnclearRequirement,
    ExternalEvent,
    Other,
}

/// <param name="Code">Stable.</param>
public sealed record RootCauseEntry(RootCause Code, Label Label);

/// <summary>The catalogue of causes, in the order in which it is shown.</summary>
public static class RootCauses
{
    public static IReadOnlyList<RootCauseEntry> All { get; } =
    [
        new(RootCause.Delivery, new("Sen eller utebliven leverans", "Late or missing delivery")),
        new(RootCause.ProductQuality, new("Varans kvalitet", "Quality of the product")),
        new(RootCause.ServicePerformance, new("Tjänstens utförande", "Performance of the service")),
        new(RootCause.Capacity, new("Leverantörens kapacitet", "The supplier's capacity")),
        new(RootCause.Staffing, new("Bemanning eller kompetens", "Staffing or competence")),
        new(RootCause.SubSupplier, new("Brist hos underleverantör", "Failure of a sub-supplier")),
        new(RootCause.Transport, new("Transport eller lagring", "Transport or storage")),
        new(RootCause.InformationSystems, new("It-system eller informationsöverföring", "IT system or transfer of information")),
        new(RootCause.LabellingOrInformation, new("Märkning, dokumentation eller information", "Labelling, documentation or information")),
        new(RootCause.PermitsOrCompliance, new("Tillstånd eller regelefterlevnad", "Permits or compliance")),
        new(RootCause.PriceOrInvoicing, new("Pris eller fakturering", "Price or invoicing")),
        new(RootCause.OrderingErrorOfRegion, new("Beställningsfel hos regionen", "Ordering error of the region")),
        new(RootCause.UnclearRequirement, new("Otydligt krav eller avtal", "Unclear requirement or contract")),
        new(RootCause.ExternalEvent, new("Yttre händelse", "External event")),
        new(RootCause.Other, new("Annat, enligt texten", "Something else, as the text says")),
    ];
}
