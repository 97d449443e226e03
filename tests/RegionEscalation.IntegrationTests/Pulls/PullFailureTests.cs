using System.Text;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Integrations.Catalogue.Pull;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>What goes wrong on the way: what passes is waited for, what does not leaves nothing behind and is tried again.</summary>
public sealed class PullFailureTests : PullFixture
{
    private static readonly Dictionary<string, Func<HttpContext, CatalogueServer, Task>> Passing = new()
    {
        ["429 with Retry-After"] = (http, _) => StatusAsync(http, 429, retryAfter: 1),
        ["500"] = (http, _) => StatusAsync(http, 500),
        ["503"] = (http, _) => StatusAsync(http, 503),
        ["408"] = (http, _) => StatusAsync(http, 408),
        ["a connection that breaks"] = (http, _) =>
        {
            http.Abort();
            return Task.CompletedTask;
        },
        ["a page cut off"] = async (http, server) =>
        {
            var page = Encoding.UTF8.GetBytes(server.PageOf(http, 0).ToJsonString());
            http.Response.ContentLength = page.Length;
            await http.Response.Body.WriteAsync(page.AsMemory(0, page.Length / 2));
            await http.Response.Body.FlushAsync();
            http.Abort();
        },
        ["a body that never ends"] = async (http, _) =>
        {
            await http.Response.Body.WriteAsync("{\"data\":["u8.ToArray());
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        },
        ["no answer"] = async (http, _) => await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing),
    };

    private static readonly Dictionary<string, (string Failure, Func<HttpContext, CatalogueServer, Task> Answer)> Lasting = new()
    {
        ["a server that is ill"] = ("serverError", (http, _) => StatusAsync(http, 500)),
        ["404"] = ("status", (http, _) => StatusAsync(http, 404)),
        ["304 that nobody asked for"] = ("status", (http, _) => StatusAsync(http, 304)),
        ["403"] = ("credentials", (http, _) => StatusAsync(http, 403)),
        ["a redirect"] = ("redirect", (http, _) =>
        {
            http.Response.Headers.Location = "https://elsewhere.example/";
            return StatusAsync(http, 302);
        }),
        ["not JSON"] = ("notJson", (http, _) => CatalogueServer.WriteAsync(http, "<html>Underhåll</html>")),
        ["JSON cut off"] = ("notJson", (http, server) => CatalogueServer.WriteAsync(http, server.PageOf(http, 0).ToJsonString()[..^5])),
        ["nothing"] = ("notJson", (http, _) => CatalogueServer.WriteAsync(http, "")),
        ["no list"] = ("unexpectedShape", (http, _) => CatalogueServer.WriteAsync(http, "{\"data\":{}}")),
        ["a link that is none"] = ("unexpectedShape", (http, _) => CatalogueServer.WriteAsync(http, "{\"data\":[],\"links\":{\"next\":{\"href\":\"/avtal\"}}}")),
        ["a link to elsewhere"] = ("foreignLink", (http, _) => CatalogueServer.WriteAsync(http, "{\"data\":[],\"links\":{\"next\":\"http://localhost:9/avtal?offset=1\"}}")),
        ["a link to another port"] = ("foreignLink", (http, _) => CatalogueServer.WriteAsync(http, "{\"data\":[],\"links\":{\"next\":\"http://127.0.0.1:9/avtal\"}}")),
        ["a link with a user"] = ("foreignLink", (http, server) => CatalogueServer.WriteAsync(http, $$$"""{"data":[],"links":{"next":"{{{server.Root.Replace("//", "//a:b@", StringComparison.Ordinal)}}}/avtal"}}""")),
        ["a link to another scheme"] = ("foreignLink", (http, _) => CatalogueServer.WriteAsync(http, "{\"data\":[],\"links\":{\"next\":\"file:///etc/passwd\"}}")),
        ["a link that leads back"] = ("endlessPaging", (http, _) => CatalogueServer.WriteAsync(http, "{\"data\":[],\"links\":{\"next\":\"/avtal\"}}")),
        ["ever new pages"] = ("tooManyPages", (http, _) => CatalogueServer.WriteAsync(http, $$$"""{"data":[],"links":{"next":"/avtal?id={{{Guid.NewGuid()}}}"}}""")),
        ["a page without end"] = ("pageTooLarge", async (http, _) =>
        {
            await http.Response.Body.WriteAsync("{\"data\":[\""u8.ToArray());
            var part = new byte[64 * 1024];
            Array.Fill(part, (byte)'x');
            for (var i = 0; i < 11 * 16 && !http.RequestAborted.IsCancellationRequested; i++)
                await http.Response.Body.WriteAsync(part);
        }),
    };

    private static readonly string[] WhatPasses = [.. Passing.Keys];
    private static readonly string[] WhatLasts = [.. Lasting.Keys];

    [TestCaseSource(nameof(WhatPasses))]
    public async Task What_passes_is_waited_for_and_the_result_is_that_of_an_undisturbed_run(string what)
    {
        Bench.Options = Bench.Options with { Timeout = TimeSpan.FromSeconds(what is "no answer" or "a body that never ends" ? 3 : 30) };
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4, 5);
        var wrong = 0;
        Server.Instead = async (asked, http) =>
        {
            if (asked.Page != 2 || Interlocked.Increment(ref wrong) > 2)
                return false;
            await Passing[what](http, Server);
            return true;
        };

        var run = await Bench.RunAsync();

        Assert.That((run.Outcome, run.Failure), Is.EqualTo((PullOutcome.Imported, (string?)null)));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2, 3 AVT-3, 4 AVT-4, 5 AVT-5"));
        Assert.That(Server.Count(page: 2), Is.EqualTo(3));
    }

    [TestCaseSource(nameof(WhatLasts))]
    public async Task What_lasts_leaves_nothing_behind_and_is_tried_again_sooner_than_the_schedule(string what)
    {
        Bench.Options = Bench.Options with { MostPages = 20 };
        Server.PageSize = 2;
        Server.Add(1, 2, 3);
        await Bench.RunAsync();
        var remembered = await Bench.PlaceAsync();
        Server.Add(4);
        Server.Instead = async (asked, http) =>
        {
            if (asked.Page == 1 && !asked.Query.Contains("id=", StringComparison.Ordinal))
                return false;
            await Lasting[what].Answer(http, Server);
            return true;
        };

        var failed = await Bench.RunAsync();
        var rows = await Bench.RowsAsync();
        var place = await Bench.PlaceAsync();
        Server.Instead = (_, _) => Task.FromResult(false);
        var mended = await Bench.RunAsync();

        Assert.Multiple(async () =>
        {
            Assert.That((failed.Outcome, failed.Failure, failed.Failures), Is.EqualTo((PullOutcome.Failed, Lasting[what].Failure, 1)));
            Assert.That(failed.NextRunAt - failed.FinishedAt!.Value, Is.InRange(TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(61)));
            Assert.That((rows, place), Is.EqualTo(("1 AVT-1, 2 AVT-2, 3 AVT-3", remembered)), "what was taken in before stays, and nothing else is there");
            Assert.That((mended.Outcome, mended.Failures), Is.EqualTo((PullOutcome.Imported, 0)));
            Assert.That(await Bench.ImportsAsync(), Is.EqualTo($"queued partial 3 0 0 | abandoned {Lasting[what].Failure} partial 2 0 0 | queued partial 4 0 0"));
        });
    }

    [Test]
    public async Task Every_failure_has_its_words_in_both_languages() => await Task.Run(() => Assert.That(
        Lasting.Values.Select(l => l.Failure).Concat(["timeout", "unreachable", "connection", "tls", "busy", "tooLarge", "resting", "rowsRejected", "internal"]).Distinct(),
        Is.EquivalentTo(PullFailures.All)));

    [Test]
    public async Task Whoever_asks_to_be_left_alone_for_long_is()
    {
        Server.Add(1);
        Server.Instead = async (_, http) =>
        {
            await StatusAsync(http, 429, retryAfter: 7200);
            return true;
        };

        var failed = await Bench.RunAsync();

        Assert.That((failed.Failure, Server.Requests.Count), Is.EqualTo(("busy", 1)));
        Assert.That(failed.NextRunAt - failed.FinishedAt!.Value, Is.EqualTo(TimeSpan.FromHours(2)).Within(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task Whoever_asks_to_be_left_alone_for_a_moment_is_before_it_is_asked_again()
    {
        Server.Add(1);
        var times = new System.Collections.Concurrent.ConcurrentQueue<long>();
        Server.Instead = async (asked, http) =>
        {
            times.Enqueue(System.Diagnostics.Stopwatch.GetTimestamp());
            if (asked.Number > 1)
                return false;
            await StatusAsync(http, 429, retryAfter: 2);
            return true;
        };

        Assert.That((await Bench.RunAsync()).Outcome, Is.EqualTo(PullOutcome.Imported));
        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(times.First(), times.Last()), Is.GreaterThan(TimeSpan.FromMilliseconds(1900)), "not after the 10 ms of the settings");
    }

    [TestCase(302)]
    [TestCase(307)]
    public async Task A_redirect_is_not_followed_and_no_key_goes_there(int status)
    {
        await using var elsewhere = await CatalogueServer.StartAsync();
        elsewhere.Add(1);
        Bench.Options = Bench.Options with { Authentication = new() { Kind = PullAuthentication.ApiKey, Key = "hemlig" } };
        Server.Instead = async (_, http) =>
        {
            http.Response.Headers.Location = elsewhere.Url;
            await StatusAsync(http, status);
            return true;
        };

        Assert.That((await Bench.RunAsync()).Failure, Is.EqualTo("redirect"));
        Assert.That((elsewhere.Requests.Count, Server.Requests.Count), Is.EqualTo((0, 1)));
    }

    [TestCase(20_000, null)]
    [TestCase(20_001, "tooLarge")]
    public async Task A_page_of_more_items_than_may_be_is_not_taken_in(int items, string? failure)
    {
        Server.Instead = async (_, http) =>
        {
            await CatalogueServer.WriteAsync(http, $$"""{"data":[{{string.Join(',', Enumerable.Repeat("7", items))}}]}""");
            return true;
        };

        var run = await Bench.RunAsync();

        Assert.That(run.Failure, Is.EqualTo(failure));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo(failure is null ? $"queued partial {items} {items} 0" : ""));
    }

    [Test]
    public async Task A_catalogue_larger_than_is_allowed_is_not_taken_in()
    {
        Bench.Options = Bench.Options with { MostBytes = 2000 };
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4, 5, 6);

        Assert.That((await Bench.RunAsync()).Failure, Is.EqualTo("tooLarge"));
        Assert.That(await Bench.RowsAsync(), Is.Empty);
    }

    [Test]
    public async Task Nobody_there_is_unreachable_and_a_host_that_met_it_five_times_leaves_it_alone()
    {
        Bench.Options = Bench.Options with { Url = "http://127.0.0.1:9/avtal" };
        var host = Bench.Host();

        var first = await Bench.RunAsync(host);
        var second = await Bench.RunAsync(host);

        Assert.That((first.Failure, second.Failure, second.Failures), Is.EqualTo(("unreachable", "resting", 2)));
        Assert.That(await Bench.ImportsAsync(), Is.Empty);
    }

    [Test]
    public async Task It_is_asked_no_faster_than_it_may_be()
    {
        Bench.Options = Bench.Options with { RequestsPerSecond = 5 };
        Server.PageSize = 1;
        Server.Add(1, 2, 3, 4);
        var times = new System.Collections.Concurrent.ConcurrentQueue<long>();
        Server.Instead = (_, _) =>
        {
            times.Enqueue(System.Diagnostics.Stopwatch.GetTimestamp());
            return Task.FromResult(false);
        };

        await Bench.RunAsync();

        Assert.That(times, Has.Count.EqualTo(5));
        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(times.First(), times.Last()), Is.GreaterThan(TimeSpan.FromMilliseconds(400)), "four waits of a fifth of a second, of which a slow start may hide one or two");
    }

    private static Task StatusAsync(HttpContext http, int status, int? retryAfter = null)
    {
        http.Response.StatusCode = status;
        if (retryAfter is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }
}
