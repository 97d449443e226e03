using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RegionEscalation.Domain;
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
        NationalSuppliers.Map(register);
        Acknowledgements.Map(register);
        JointMeetingEndpoints.Map(register);
    }

    private static ApiDocument Document { get; } = new(
        Name,
        "RegionEscalation – National coordination API",
        Version,
        new Text(
            """
            De ärenden som regionerna har på steg 3–5 i Regionernas gemensamma eskaleringstrappa, för den nationella samordningsgruppen och för
            läsare i varje deltagande region. Bara de uppgifter som åtkomstpolicyn släpper ut (T0) finns här: aldrig en bedömning av leverantören,
            aldrig ett råd. Ett ärende syns från det ögonblick det når steg 3 tills det lämnar steg 3–5. Varje läsning anger sitt ändamål i huvudet
            Purpose och skrivs till åtkomstloggen i samma transaktion som läser.
            """,
            """
            The cases that the regions have at steps 3–5 of the Swedish regions' common escalation ladder, for the national coordination group and
            for readers of every participating region. Only what the access policy lets out (T0) is here: never a score, never advice. A case is
            visible from the moment it enters step 3 until it leaves steps 3–5. Each read states its purpose in the Purpose header and is written to
            the access log in the transaction that reads.
            """),
        new ServiceLevel("99.9 %", "p95 < 500 ms", "forvaltning@region-escalation.example"),
        [
            new Text("Statistik och ändringsflöde finns ännu inte.", "Statistics and the change feed are not there yet."),
            new Text("Alla uppgifter är preliminära tills information till Sveriges Regioner kan lämnas i plattformen.",
                "Everything is preliminary until notices to Sweden's regions can be issued in the platform."),
        ],
        new Dictionary<string, Text>
        {
            ["ApiInfo"] = new("Om API:et.", "About the API."),
            ["Cases"] = new("Ärenden på steg 3–5.", "Cases at steps 3–5."),
            ["JointMeetings"] = new("Regiongemensamma möten om en leverantör.", "Joint regional meetings about a supplier."),
            ["Suppliers"] = new("Leverantörer med ärenden på steg 3–5.", "Suppliers with cases at steps 3–5."),
        },
        new Dictionary<string, Text>
        {
            ["region"] = new("Regionens kod enligt SCB, två siffror.", "The region's code of Statistics Sweden, two digits."),
            ["id"] = new("Ärendets eller mötets id.", "The id of the case or the meeting."),
            ["number"] = new("Uppföljningspunktens plats i minnesanteckningarna, från 1.", "The follow-up's place in the minutes, from 1."),
            ["state"] = new("Mötets tillstånd.", "The state of the meeting."),
            ["from"] = new("Möten som börjar vid tidpunkten eller senare.", "Meetings that start at the instant or later."),
            ["step"] = new("Steg 3–5.", "Step 3–5."),
            ["supplier"] = new("Organisationsnummer, tio siffror, eller plattformens id för leverantören.", "Organisation number, ten digits, or the platform's id of the supplier."),
            ["category"] = new("LfU:s kategori.", "LfU's category."),
            ["since"] = new("På sitt steg sedan tidpunkten eller senare.", "At its step since the instant or later."),
            ["changedSince"] = new("Ändrade vid eller efter tidpunkten.", "Changed at or after the instant."),
        });
}

/// <summary>Why somebody reads across regions. A procurement's exclusion decision is no purpose here: it is each authority's own (LOU 13:3).</summary>
internal static class Purposes
{
    public static string[] Codes { get; } = ["nationalCoordination", "contractFollowUp", "supplyPreparedness", "internalControl"];
}
