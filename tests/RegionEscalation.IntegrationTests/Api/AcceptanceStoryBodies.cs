using System.Globalization;
using RegionEscalation.Domain;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What the story sends.</summary>
internal sealed partial class AcceptanceStory
{
    /// <summary>A Swedish calendar date, whatever the hour in UTC.</summary>
    private string Day(int days) => SwedishTime.DateOf(Now).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private object Meeting(string kind, params string[] invited) =>
        new { kind, convener = "Avtalsansvarig", startsAt = Now.AddHours(1), place = "Digitalt", invitedRegions = invited.Select(code => new { code }) };

    private static object Continuity { get; } = new { impact = "Operationer flyttas till reservleverantör.", supply = "available", assessor = "Kategoriledare", alternative = "Reservavtal RK-2025-0150" };

    private static object Cost { get; } = new { amount = new { value = 48500.50m, currency = "SEK" }, kind = "Akutköp", reference = "V 4711", bookedBy = "Avtalsansvarig" };

    private static object CrisisGroup => new
    {
        chair = "Inköpschef", members = new[] { new { function = "Läkemedelschef" }, new { function = "Beredskapschef" } }, mandate = "Säkra försörjningen av vätskor.",
        supplyImpact = "Operationer skjuts upp.", specialManagement = "LSSL 2026-03", decidedBy = HeadOfPurchasing,
    };

    private object Penalty() => new
    {
        decidedBy = HeadOfPurchasing,
        imposed = new
        {
            kind = "penalty", clauseReference = "7.3", basis = "Två procent av ordervärdet per försenad vecka.", amount = new { value = 20000, currency = "SEK" }, noticeSentAt = Now,
        },
    };

    private object Block(string contract, Guid continuity) => new
    {
        scope = "contractPart", part = "Vätskor och infusioner", contracts = new[] { new { number = contract, clauseReference = "9.2" } }, from = Day(0), until = Day(20),
        reasons = "Leveranserna av vätskor är osäkra och patienter kan komma till skada.", continuityAssessmentId = continuity, supplierNotifiedAt = Now, decidedBy = HeadOfPurchasing,
    };

    private static object HeadOfPurchasing { get; } = new { function = "Inköpschef", level = "headOfPurchasing", delegationReference = "Delegationsordning 2026, punkt 4.2" };

    private static object[] Document { get; } = [new { kind = "document", reference = "26RK1024-25" }];

    private object Termination(int days) => new
    {
        scope = "contract", reasons = "Leverantören har trots åtgärder inte kunnat leverera enligt avtalet.", endsOn = Day(days), early = true, noticeSentAt = Now, noticeReference = "26RK1024-20",
        decidedBy = HeadOfPurchasing,
    };

    private static object Ending(Guid deviation) => new
    {
        toStep = 5, trigger = "seriousDeviation", evidence = new[] { new { kind = "deviation", id = deviation } }, motivation = RegionAtWork.Motivation, decidedBy = HeadOfPurchasing,
        termination = new { kind = "rescission", clauseReference = "12.1", secondApprover = new { function = "Regionjurist", level = "headOfPurchasing" } },
    };
}
