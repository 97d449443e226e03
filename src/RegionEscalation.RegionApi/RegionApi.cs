using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RegionEscalation.Domain;
using RegionEscalation.Feeds;
using RegionEscalation.Http;
using RegionEscalation.Integrations.Catalogue.Reading;
using RegionEscalation.RegionApi.Cases;
using RegionEscalation.RegionApi.Cases.Records;
using RegionEscalation.RegionApi.Deviations;
using RegionEscalation.RegionApi.WatchList;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>The Escalation API: a region's own data, <c>/escalation/v1</c>. Each feature below is one file, named as its resource.</summary>
public static class EscalationApi
{
    public const string Name = "escalation";
    private const string Version = "1.0.0";
    private static readonly DateOnly Released = new(2026, 11, 21);

    public static IServiceCollection AddRegionApi(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(provider => new EscalationStore(connectionString, provider.GetRequiredService<ChangeSignal>().Written));
        services.AddHttpContextAccessor();
        // The one place where a region scope is made of a request: from the region that the access rules granted, never from the route.
        services.AddScoped(provider =>
        {
            var http = provider.GetRequiredService<IHttpContextAccessor>().HttpContext!;
            return provider.GetRequiredService<EscalationStore>().OpenSession(RegionScope.For(http.GrantedRegion().Code));
        });
        services.AddScoped<Commands>();
        services.AddScoped<Webhooks>();
        services.AddSingleton(provider => provider.GetRequiredService<IConfiguration>().GetSection("CatalogueFiles").Get<CatalogueFileLimits>() ?? new CatalogueFileLimits());
        services.AddSingleton<IChangeFeed, RegionFeed>();
        services.Configure<RequestBodyOptions>(o => o.ContainsPersonalNumber = PersonalIdentityNumber.AppearsIn);
        services.AddOpenApi(Name, o => o.Describe(Document));
        return services;
    }

    public static void MapRegionApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapApi(Name);
        api.MapApiInfo(Name, Version, Released, "/api-docs", "active");

        var shared = api.MapGroup("").RequireAnyToken();
        Regions.Map(shared);
        LaddersAndGlossary.Map(shared);
        DeviationCauses.Map(shared);

        var region = api.MapGroup("/regions/{region}").RequireRegionAccess();
        Contracts.Map(region);
        Suppliers.Map(region);
        CatalogueUploads.Map(region);
        CatalogueImportEndpoints.Map(region);
        CatalogueSourceEndpoints.Map(region);
        ExplainRecurrence.MapOfContracts(region);
        LadderSettingsEndpoints.Map(region);
        Changes.Map(region);
        region.MapWebhooks<Webhooks>();

        var deviations = region.MapGroup("/deviations").WithTags("Deviations");
        ReportDeviation.Map(deviations);
        ReadDeviations.Map(deviations);
        AssessDeviation.Map(deviations);
        ResolveDeviation.Map(deviations);
        Deviations.AnalyseDeviation.Map(deviations);
        Deviations.CloseDeviation.Map(deviations);
        Attachments.Map(deviations);
        RegisterDeviation.Map(deviations);
        Statistics.Map(region);

        var watchList = region.MapGroup("/watch-list").WithTags("WatchList");
        AddToWatchList.Map(watchList);
        ReadWatchList.Map(watchList);
        ChangeWatchEntry.Map(watchList);
        PromoteWatchEntry.Map(watchList);

        var cases = region.MapGroup("/cases").WithTags("Cases");
        OpenCase.Map(cases);
        ReadCases.Map(cases);
        CaseHistory.Map(cases);
        CaseTransitions.Map(cases);
        ExplainRecurrence.MapOfCases(cases);
        AttachDeviation.Map(cases);
        Activities.Map(cases);
        ActionPlans.Map(cases);
        ReturnCriteria.Map(cases);
        EscalateCase.Map(cases);
        DeEscalateCase.Map(cases);
        CloseCase.Map(cases);
        ReopenCase.Map(cases);
        MigrateCase.Map(cases);
        TriggerReviews.Map(cases);

        RiskAssessments.Map(cases);
        DialoguePartners.Map(cases);
        Letters.Map(cases);
        PlanRefusals.Map(cases);
        SeriousAggregates.Map(cases);
        ExclusionEvidence.Map(cases);
        Meetings.Map(cases);
        JointMeetings.Map(cases);
        SupplierVoice.Map(cases);
        ContinuityAssessments.Map(cases);
        Sanctions.Map(cases);
        CostEntries.Map(cases);
        Blocks.Map(cases);
        BusinessHolds.Map(cases);
        CrisisGroups.Map(cases);
        Terminations.Map(cases);
        Notices.Map(cases);
        DisclosureDecisions.Map(cases);
    }

    private static ApiDocument Document { get; } = new(
        Name,
        "RegionEscalation – Escalation API",
        Version,
        new Text(
            """
            En regions egna leverantörsavvikelser och eskaleringsärenden enligt Regionernas gemensamma eskaleringstrappa: rapportera och bedöm
            avvikelser, för ärenden uppför och nedför trappan och bevara underlaget. Varje ändring är en händelse som aldrig ändras. En region ser
            bara sina egna rader; från steg 3 lämnas de uppgifter som åtkomstpolicyn tillåter (T0) till det nationella registret.
            Ett beslut som en regel hindrar får status 422 med regelns id, vad som saknas på svenska och engelska, och en länk till det som skulle uppfylla den.
            """,
            """
            A region's own supplier deviations and escalation cases under the Swedish regions' common escalation ladder: report and assess
            deviations, run cases up and down the ladder, and keep the evidence. Every change is an event that never changes. A region sees only
            its own rows; from step 3 the fields that the access policy allows (T0) go to the national register.
            A decision that a rule stands against gets status 422 with the rule's id, what is missing in Swedish and English, and a link to what would meet it.
            """),
        new ServiceLevel("99.9 %", "p95 < 500 ms", "forvaltning@region-escalation.example"),
        [
            new Text("Listor sidindelas med limit och page; ändringsflödet läses med cursor, så att inget hoppas över eller kommer två gånger.",
                "Lists page with limit and page; the change feed is read with a cursor, so that nothing is skipped or comes twice."),
        ],
        new Dictionary<string, Text>
        {
            ["ApiInfo"] = new("Om API:et.", "About the API."),
            ["Regions"] = new("Regionerna som plattformen känner.", "The regions that the platform knows."),
            ["Ladders"] = new("Trappans utgåvor och ordlista.", "The editions of the ladder and the glossary."),
            ["Contracts"] = new("Avtal ur regionens avtalskatalog.", "Contracts from the region's contract catalogue."),
            ["Suppliers"] = new("Leverantörer som regionen känner dem.", "Suppliers as the region knows them."),
            ["CatalogueImports"] = new("Inläsningar av avtal och leverantörer ur regionens avtalskatalog.", "Imports of contracts and suppliers from the region's contract catalogue."),
            ["CatalogueSource"] = new("Regionens egen avtalskatalog, som plattformen hämtar från.", "The region's own contract catalogue, which the platform pulls from."),
            ["Deviations"] = new("Avvikelser: rapportera, bedöma, hantera, analysera, återkoppla, avsluta.", "Deviations: report, assess, handle, analyse, feed back, close."),
            ["Statistics"] = new("Hur regionen och dess enheter tar hand om avvikelser.", "How the region and its units deal with deviations."),
            ["WatchList"] = new("Bevakningslistan: leverantörer som regionen bevakar utan ärende.", "The watch list: suppliers that the region watches without a case."),
            ["Cases"] = new("Eskaleringsärenden.", "Escalation cases."),
            ["Changes"] = new("Regionens ändringar, i ordning.", "The region's changes, in order."),
            ["WebhookSubscriptions"] = new("Ändringsflödet levererat till en egen mottagare (Standard Webhooks).", "The change feed delivered to an endpoint of one's own (Standard Webhooks)."),
            ["Inbox"] = new("Det som någon behöver se till.", "What somebody has to see to."),
        },
        new Dictionary<string, Text>
        {
            ["region"] = new("Regionens kod enligt SCB, två siffror.", "The region's code of Statistics Sweden, two digits."),
            ["code"] = new("Regionens kod enligt SCB, två siffror.", "The region's code of Statistics Sweden, two digits."),
            ["id"] = new("Plattformens id, UUID version 7.", "The platform's id, UUID version 7."),
            ["planId"] = new("Handlingsplanens id.", "The id of the action plan."),
            ["eventId"] = new("Postens id i flödet, det som leveransen har som webhook-id.", "The id of the entry in the feed, which the delivery has as webhook-id."),
            ["type"] = new("Posternas typ.", "The type of the entries."),
            ["recordId"] = new("Postens id i ärendet.", "The id of the record on the case."),
            ["includeEnded"] = new("Också återkallade och utgångna underlag.", "Withdrawn and expired files too."),
            ["criterionId"] = new("Villkorets id.", "The id of the criterion."),
            ["contractNumber"] = new("Avtalets nummer i regionens katalog.", "The contract's number in the region's catalogue."),
            ["supplier"] = new("Organisationsnummer, eller plattformens id för leverantören i regionen.", "Organisation number, or the platform's id of the supplier within the region."),
            ["contract"] = new("Avtalets nummer i regionens katalog.", "The contract's number in the region's catalogue."),
            ["mode"] = new("`perRow` tillämpar varje riktig rad, `allOrNothing` ingen om någon är fel.", "`perRow` applies every row that is right, `allOrNothing` none if one is wrong."),
            ["extent"] = new("`partial` rör bara det som finns i filen; `snapshot` är hela katalogen, och avtal som saknas i den har upphört.",
                "`partial` touches only what is in the file; `snapshot` is the whole catalogue, and contracts that it lacks have ended."),
            ["category"] = new("LfU:s kategori.", "LfU's category."),
            ["cpv"] = new("Början av en CPV-kod; en hel kod finner också dem under den.", "The beginning of a CPV code; a whole code finds those below it too."),
            ["number"] = new("Början av numret.", "The beginning of the number."),
            ["name"] = new("Ord ur namnet eller titeln, vart och ett efter sin början; alla ska finnas. å, ä och ö är egna bokstäver, andra accenter räknas inte.",
                "Words of the name or title, each by its beginning; all must be there. å, ä and ö are letters of their own, other accents do not count."),
            ["group"] = new("Ord ur koncernens namn, vart och ett efter sin början.", "Words of the name of the group of companies, each by its beginning."),
            ["validOn"] = new("Avtal som gäller den dagen, svensk kalenderdag.", "Contracts valid on that day, Swedish calendar date."),
            ["ended"] = new("Avtal som katalogen inte längre har; med `false` de övriga.", "Contracts that the catalogue has no more; with `false` the others."),
            ["socialClause"] = new("Avtal med sociala kontraktsvillkor; med `false` de som uttryckligen saknar sådana.", "Contracts with social terms; with `false` those said to be without."),
            ["case"] = new("Ärendets id.", "The id of the case."),
            ["status"] = new("Avvikelsens status.", "The status of the deviation."),
            ["unit"] = new("Den organisatoriska enheten, som den angavs i rapporten.", "The organisational unit, as the report stated it."),
            ["topic"] = new("Vad i värdekedjan avvikelsen rör (HU-001).", "What in the value chain the deviation touches (HU-001)."),
            ["cause"] = new("Grundorsaken, ur /deviation-causes.", "The root cause, out of /deviation-causes."),
            ["reportedSince"] = new("Rapporterade vid eller efter tidpunkten.", "Reported at or after the instant."),
            ["system"] = new("Det andra systemet.", "The other system."),
            ["externalSystem"] = new("Det andra systemet; tillsammans med `externalId`.", "The other system; together with `externalId`."),
            ["externalId"] = new("Det andra systemets eget id.", "The other system's own id."),
            ["from"] = new("Periodens första dag, svenskt datum; utan den ett år före `to`.", "First day of the period, Swedish calendar date; without it a year before `to`."),
            ["severity"] = new("Allvarlighetsgrad.", "Severity."),
            ["step"] = new("Steg 0–5.", "Step 0–5."),
            ["state"] = new("Tillståndet: ett ärendes, en bevaknings, en prenumerations, en leverans eller en inläsnings.", "The state: of a case, an entry of the watch list, a subscription, a delivery or an import."),
            ["origin"] = new("Skickad hit (`push`) eller hämtad härifrån (`pull`).", "Sent here (`push`) or fetched from here (`pull`)."),
            ["reviewBefore"] = new("Bevakningar vars sista dag ligger före datumet.", "Entries whose last day lies before the date."),
            ["updatedSince"] = new("Ändrade vid eller efter tidpunkten.", "Changed at or after the instant."),
            ["overdue"] = new("Ärenden där något skulle ha gjorts före anropets tidpunkt; med `false` de övriga. Att vara sen flyttar inget ärende (R-E9).",
                "Cases in which something was to be done before the time of the request; with `false` the others. Being late moves no case (R-E9)."),
            ["sort"] = new("Sorteringsordning.", "Order of the list."),
            ["at"] = new("Som det var vid tidpunkten.", "As it was at the instant."),
            ["version"] = new("Utgåvan, eller ärendets version.", "The edition, or the version of the case."),
            ["ladder"] = new("Trappans utgåva.", "The edition of the ladder."),
            ["to"] = new("Utgåvan att jämföra med; för statistik periodens sista dag, svenskt datum, utan den i dag.", "The edition to compare with; of statistics the last day of the period, Swedish calendar date, without it today."),
        });
}
