using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RegionEscalation.Domain;
using RegionEscalation.Feeds;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>The National coordination API: the register of step 3–5 cases, <c>/national/v1</c>. Each feature below is one file.</summary>
public static class CoordinationApi
{
    public const string Name = "national";
    private const string Version = "1.0.0";
    private static readonly DateOnly Released = new(2026, 11, 21);

    public static IServiceCollection AddNationalApi(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => new RegisterReader(connectionString));
        services.AddSingleton<NationalCommands>();
        services.AddScoped<NationalWebhooks>();
        services.AddSingleton<NationalFeed>();
        services.AddSingleton<IChangeFeed>(provider => provider.GetRequiredService<NationalFeed>());
        services.Configure<RequestBodyOptions>(o => o.ContainsPersonalNumber = PersonalIdentityNumber.AppearsIn);
        services.AddOpenApi(Name, o => o.Describe(Document));
        return services;
    }

    public static void MapNationalApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapApi(Name);
        api.MapApiInfo(Name, Version, Released, "/api-docs", "active");

        var register = api.MapGroup("").RequireNationalAccess();
        NationalCases.Map(register);
        Inbox.Map(register);
        NationalSuppliers.Map(register);
        Acknowledgements.Map(register);
        JointMeetingEndpoints.Map(register);
        StatisticsOfSteps.Map(register);
        Changes.Map(register);
        AccessLog.Map(register);
        register.MapNationalWebhooks<NationalWebhooks>(Purposes.Codes);
    }

    private static ApiDocument Document { get; } = new(
        Name,
        "RegionEscalation – National coordination API",
        Version,
        new Text(
            """
            De ärenden som regionerna har på steg 3–5 i Regionernas gemensamma eskaleringstrappa, för den nationella samordningsgruppen och för
            läsare i varje deltagande region. Bara de uppgifter som åtkomstpolicyn släpper ut finns här: aldrig en bedömning av leverantören,
            aldrig ett råd. Ett ärende syns från det ögonblick det når steg 3 tills det lämnar steg 3–5; det som regionerna informeras om kommer i
            mottagarens inkorg och gäller tills det tas tillbaka eller upphör. Ändringsflödet säger vad som blir, ändras och upphör att vara synligt, för
            var och en det som den får se. En sammanfattning (T1) visas bara för den som den är utlämnad till.
            Varje läsning anger sitt ändamål i huvudet Purpose och skrivs till åtkomstloggen i samma transaktion som läser.
            """,
            """
            The cases that the regions have at steps 3–5 of the Swedish regions' common escalation ladder, for the national coordination group and
            for readers of every participating region. Only what the access policy lets out is here: never a score, never advice. A case is
            visible from the moment it enters step 3 until it leaves steps 3–5; what the regions are informed of comes to the recipient's inbox and
            stands until it is taken back or expires. The change feed says what becomes, changes and ceases to be visible, to each what it may see.
            A summary (T1) is shown only to those whom it is disclosed to. Each read states its purpose in the Purpose header and is written to the
            access log in the transaction that reads.
            """),
        new ServiceLevel("99.9 %", "p95 < 500 ms", "forvaltning@region-escalation.example"),
        [
            new Text("Ändringsflödets poster har inget innehåll när det inte längre syns; vad ett ärende var då står hos den region som har det.",
                "The change feed's entries have no content once it is no longer visible; what a case was then is with the region that has it."),
            new Text("Inkorgen har det som senast lämnades om ett ärende; tidigare information finns hos den region som lämnade den.",
                "The inbox has what was told last of a case; earlier notices are with the region that issued them."),
            new Text("Statistikens skydd av små tal gäller varje svar för sig.", "The statistics protect small numbers in each answer by itself."),
        ],
        new Dictionary<string, Text>
        {
            ["ApiInfo"] = new("Om API:et.", "About the API."),
            ["Cases"] = new("Ärenden på steg 3–5.", "Cases at steps 3–5."),
            ["JointMeetings"] = new("Regiongemensamma möten om en leverantör.", "Joint regional meetings about a supplier."),
            ["Inbox"] = new("Mottagen information till Sveriges Regioner, och meddelanden om webhookar.", "Notices received (Information till Sveriges Regioner), and messages about webhooks."),
            ["Suppliers"] = new("Leverantörer med ärenden på steg 3–5.", "Suppliers with cases at steps 3–5."),
            ["WebhookSubscriptions"] = new("Ändringsflödet levererat till en egen mottagare (Standard Webhooks).", "The change feed delivered to an endpoint of one's own (Standard Webhooks)."),
            ["Statistics"] = new("Hur stegen 3–5 används, i tal.", "How steps 3–5 are used, in figures."),
            ["Changes"] = new("Vad som blir, ändras och upphör att vara synligt.", "What becomes, changes and ceases to be visible."),
            ["AccessLog"] = new("Vem som har läst vad, när och varför.", "Who has read what, when and why."),
        },
        new Dictionary<string, Text>
        {
            ["region"] = new("Regionens kod enligt SCB, två siffror.", "The region's code of Statistics Sweden, two digits."),
            ["id"] = new("Ärendets, mötets eller prenumerationens id.", "The id of the case, the meeting or the subscription."),
            ["number"] = new("Uppföljningspunktens plats i minnesanteckningarna, från 1.", "The follow-up's place in the minutes, from 1."),
            ["state"] = new("Tillståndet: ett mötes, en prenumerations eller en leverans.", "The state: of a meeting, a subscription or a delivery."),
            ["eventId"] = new("Postens id i flödet, det som leveransen har som webhook-id.", "The id of the entry in the feed, which the delivery has as webhook-id."),
            ["type"] = new("Posternas typ.", "The type of the entries."),
            ["step"] = new("Steg 3–5.", "Step 3–5."),
            ["supplier"] = new("Organisationsnummer, tio siffror, eller plattformens id för leverantören.", "Organisation number, ten digits, or the platform's id of the supplier."),
            ["category"] = new("LfU:s kategori.", "LfU's category."),
            ["since"] = new("På sitt steg sedan tidpunkten eller senare.", "At its step since the instant or later."),
            ["acknowledged"] = new("Kvitterad av den som anroparen läser för.", "Acknowledged by the one that the caller reads for."),
            ["reminded"] = new("Inte kvitterad i tid.", "Not acknowledged in time."),
            ["kind"] = new("Vad informationen säger om ärendet.", "What the notice says of the case."),
            ["recipient"] = new("Mottagarens nyckel, en av dem som anroparen läser för, som region:13.", "The recipient's key, one of those that the caller reads for, such as region:13."),
            ["case"] = new("Ärendets id.", "The id of the case."),
            ["reader"] = new("Nyckeln för den som läste, som region:13.", "The key of whoever read, such as region:13."),
            ["purpose"] = new("Läsningens ändamål.", "The purpose of the reading."),
            ["operation"] = new("Vad som lästes, som listCases.", "What was read, such as listCases."),
            ["from"] = new("Från och med.", "From, inclusive."),
            ["to"] = new("Till: ett datum räknas med, en tidpunkt inte.", "Until: a date is included, an instant is not."),
            ["changedSince"] = new("Ändrade vid eller efter tidpunkten.", "Changed at or after the instant."),
        });
}

/// <summary>Why somebody reads across regions. A procurement's exclusion decision is no purpose here: it is each authority's own (LOU 13:3).</summary>
internal static class Purposes
{
    public static string[] Codes { get; } = ["nationalCoordination", "contractFollowUp", "supplyPreparedness", "internalControl"];
}
