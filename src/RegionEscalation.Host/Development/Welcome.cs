using RegionEscalation.Http;
using Microsoft.AspNetCore.Hosting.Server;

namespace RegionEscalation.Host.Development;

/// <summary>What a newcomer needs to see after the first start.</summary>
internal static class Welcome
{
    public static void Print(WebApplication app)
    {
        if (app.Services.GetService<DevelopmentIdentity>() is not { } identity)
            return;
        var address = Identity.OwnAddress(app.Services.GetRequiredService<IServer>());
        Console.WriteLine($"""

            RegionEscalation is running on {address}
              API page    {address}/api-docs
              Documents   {address}/escalation/v1/openapi.json  {address}/national/v1/openapi.json
              Clients     for development only, by client credentials at {address}{DevelopmentIdentity.Path}/token:
            """);
        foreach (var client in identity.Clients)
            Console.WriteLine($"                {client.ClientId,-22} {client.ClientSecret,-18} {client.Description}");
        var token = $"curl -s -d grant_type=client_credentials -d client_id=kalmar-reader -d client_secret=development-only {address}{DevelopmentIdentity.Path}/token";
        Console.WriteLine($$"""
              Try         curl -s {{address}}/escalation/v1/regions/08/cases -H "Authorization: Bearer $({{token}} | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"
              Stop        Ctrl-C

            """);
    }
}
