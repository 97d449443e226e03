using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RegionEscalation.IntegrationTests.Pulls;

internal enum Paged
{
    ByLink,
    ByCursor,
    ByHeader,
}

/// <param name="Page">Which page of the listing, from 1; 0 for the token service.</param>
/// <param name="Number">Which request of all, from 1.</param>
internal sealed record Asked(int Number, int Page, string Path, string Query, Dictionary<string, string> Headers);

/// <summary>A region's contract catalogue on real Kestrel, with the words of a Swedish one. A test changes what it has, how it pages, and what goes wrong.</summary>
internal sealed class CatalogueServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _number;

    private CatalogueServer(WebApplication app) => _app = app;

    public List<JsonNode> Items { get; } = [];

    public int PageSize { get; set; } = 100;

    public Paged Paged { get; set; } = Paged.ByLink;

    /// <summary>The first page's ETag stands for the whole listing.</summary>
    public bool HasETag { get; set; } = true;

    public DateTimeOffset? LastModified { get; set; }

    /// <summary>What the next run is to send, on every page.</summary>
    public string? Delta { get; set; }

    /// <summary>Answers in the catalogue's place where it returns true.</summary>
    public Func<Asked, HttpContext, Task<bool>> Instead { get; set; } = (_, _) => Task.FromResult(false);

    public ConcurrentQueue<Asked> Requests { get; } = [];

    public string Root => _app.Urls.Single();

    public string Url => Root + "/avtal";

    public static async Task<CatalogueServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new CatalogueServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>A contract as the catalogue has it.</summary>
    public static JsonObject Contract(int number, string organisationNumber = "556036-0793", string title = "Infusionspumpar") => new()
    {
        ["avtalsnummer"] = $"AVT-{number}",
        ["benamning"] = title,
        ["leverantor"] = new JsonObject { ["orgnr"] = organisationNumber, ["namn"] = "Norrsjö Medicinteknik AB" },
        ["kategori"] = "Medicinteknik",
        ["agare"] = "avtal@regionkalmar.example",
        ["slut"] = "20281231",
        ["villkor"] = new JsonArray(new JsonObject { ["typ"] = "Vite", ["punkt"] = "7.3" }, new JsonObject { ["typ"] = "Tvist", ["punkt"] = "20" }),
        ["social"] = "Ja",
        ["varde"] = "1 250 000,50",
        ["cpv"] = "33194110-2; 33194000",
        ["internt"] = new JsonObject { ["anteckning"] = "Läses av ingen." },
    };

    public void Add(params ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
            Items.Add(Contract(number));
    }

    public string ETag() => $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Items.Select(i => i.ToJsonString())))))[..16]}\"";

    public int Count(int page) => Requests.Count(r => r.Page == page);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var offset = int.Parse(http.Request.Query["offset"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var asked = new Asked(Interlocked.Increment(ref _number), http.Request.Path == "/token" ? 0 : (offset / PageSize) + 1, http.Request.Path, http.Request.QueryString.Value ?? "",
            http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()));
        Requests.Enqueue(asked);
        if (await Instead(asked, http))
            return;
        if (HasETag && offset == 0)
        {
            http.Response.Headers.ETag = ETag();
            if (http.Request.Headers.IfNoneMatch == ETag())
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        if (LastModified is { } modified)
        {
            http.Response.Headers.LastModified = modified.ToString("R", CultureInfo.InvariantCulture);
            if (http.Request.Headers.IfModifiedSince == http.Response.Headers.LastModified)
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        await WriteAsync(http, PageOf(http, offset).ToJsonString());
    }

    public JsonObject PageOf(HttpContext http, int offset)
    {
        var page = new JsonObject { ["data"] = new JsonArray([.. Items.Skip(offset).Take(PageSize).Select(i => i.DeepClone())]) };
        if (Delta is not null)
            page["delta"] = Delta;
        var next = offset + PageSize;
        if (next >= Items.Count)
            return page;
        if (Paged == Paged.ByLink)
            page["links"] = new JsonObject { ["next"] = $"/avtal?offset={next}" };
        else if (Paged == Paged.ByCursor)
            page["cursor"] = next;
        else
            http.Response.Headers.Link = $"<{Root}/avtal?offset=0>; rel=\"first\", <{Root}/avtal?offset={next}>; rel=\"next\"";
        return page;
    }

    public static Task WriteAsync(HttpContext http, string json)
    {
        http.Response.ContentType = "application/json";
        return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json)).AsTask();
    }
}
