namespace RegionEscalation.IntegrationTests.Api;

internal sealed partial class AcceptanceStory
{
    /// <summary>Deviations from Stella: one is handled, analysed and closed, the other leads to step 4 and turns out to be unfounded there.</summary>
    public async Task DeviationsAsync()
    {
        var contract = await _kalmar.ContractAsync(name: "Exempel Steril AB");
        var registered = RegionAtWork.Succeeded(await _kalmar.SendAsync("integrator", HttpMethod.Put, "deviations/external-registrations/stella/ST-2026-17", FromStella(contract))).Id;
        RegionAtWork.Succeeded(await _kalmar.SendAsync("integrator", HttpMethod.Put, $"deviations/{registered}/external-registrations/contractCatalogue/AK-17", new { registeredAt = Now.AddHours(-1) }));
        await OnDeviationAsync(registered, "assessments", Bodies.Assessment("deviation"));
        await OnDeviationAsync(registered, "analyses", new { cause = "transport", text = "Kylkedjan bröts vid omlastningen.", pattern = true, analysedBy = "Kvalitetssamordnare" });
        await OnDeviationAsync(registered, "attachments", new { attachments = new[] { Photograph }, addedBy = "Avtalsansvarig" });
        var early = await _kalmar.PostAsync($"deviations/{registered}/closures", Closed, headers: ("If-Match", (await _kalmar.GetAsync($"deviations/{registered}")).ETag));
        Assert.That(early.Code, Is.EqualTo("R-V2"));
        await _kalmar.ResolveAsync(registered);
        await OnDeviationAsync(registered, "closures", Closed);

        var id = await _kalmar.CaseAtAsync(4, name: "Exempel Steril AB");
        await OnDeviationAsync(await OpenDeviationAsync(id), "closures", Bodies.Unfounded);
        await DoAsync(id, "trigger-reviews", new { motivation = RegionAtWork.Motivation, decidedBy = HeadOfPurchasing }, "decider");
    }

    private static object Closed { get; } = new { outcome = "closed", decidedBy = "Avtalsansvarig", motivation = "Allt är klart och återkopplat." };

    private static object Photograph { get; } = new { title = "Foto", reference = "26RK1024-31", sha256 = new string('e', 64), mediaType = "image/jpeg", size = 48213 };

    private object FromStella(string contractNumber) => new
    {
        contractNumber,
        requirementReference = "Krav 6.2: obruten kylkedja",
        description = "Läkemedlen var varma vid ankomsten.",
        occurredAt = Now.AddDays(-2),
        discoveredAt = Now.AddDays(-1),
        reportedBy = "Sjukhusapoteket",
        subSupplier = "Exempel Åkeri AB",
        unit = "Sjukhusapoteket i Kalmar",
        articleOrService = "Kyltransport",
        topics = new[] { "environment" },
        attachments = new[] { Photograph },
        registeredAt = Now.AddHours(-2),
    };

    private async Task OnDeviationAsync(Guid id, string resource, object body) =>
        RegionAtWork.Succeeded(await _kalmar.PostAsync($"deviations/{id}/{resource}", body, headers: ("If-Match", (await _kalmar.GetAsync($"deviations/{id}")).ETag)));
}
