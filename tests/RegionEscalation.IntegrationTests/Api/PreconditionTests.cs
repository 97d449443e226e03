using System.Net;
using System.Text.RegularExpressions;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Who changes something has seen it as it is, and can ask beforehand what would become of the change.</summary>
public sealed class PreconditionTests
{
    private TestHost _host = null!;
    private EndpointWalk _walk = null!;
    private RegionAtWork _kalmar = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _walk = new EndpointWalk(_host);
        _kalmar = new RegionAtWork(_host);
        await _walk.SeedAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _walk.Dispose();
        _kalmar.Dispose();
        await _host.DisposeAsync();
    }

    [Test]
    public async Task A_contract_that_must_not_exist_yet_is_not_overwritten()
    {
        var contract = await _kalmar.ContractAsync();
        var body = Bodies.Contract("556016-0680", "Ett annat namn AB");

        var refused = await _kalmar.SendAsync("handler", HttpMethod.Put, $"contracts/{contract}", body, ("If-None-Match", "*"));
        var absent = await _kalmar.SendAsync("handler", HttpMethod.Put, $"contracts/{contract}-B", body, ("If-Match", "\"1\""));
        var made = await _kalmar.SendAsync("handler", HttpMethod.Put, $"contracts/{contract}-B", body, ("If-None-Match", "*"));

        Assert.That((refused.Status, absent.Status, made.Status),
            Is.EqualTo((HttpStatusCode.PreconditionFailed, HttpStatusCode.PreconditionFailed, HttpStatusCode.Created)));
    }

    [Test]
    public void Every_post_below_a_resource_takes_its_version() => Assert.That(
        _walk.Operations.Where(o => o is { IsOfRegion: true, Method: "POST" } && o.Pattern.Contains("{id", StringComparison.Ordinal)
            // What is delivered again changes nothing that somebody could have overlooked.
            && !o.Pattern.EndsWith("/redeliveries", StringComparison.Ordinal)
            // An import is moved on by its worker all the while; what it is at decides, and a decision that comes too late is refused for that.
            && !o.Pattern.Contains("/catalogue-imports/", StringComparison.Ordinal) && o.Endpoint.Metadata.GetMetadata<RequiresIfMatch>() is null),
        Is.Empty);

    [TestCase(null, HttpStatusCode.PreconditionRequired)]
    [TestCase("\"0\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"1\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"99\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("current, unquoted", HttpStatusCode.PreconditionFailed)]
    [TestCase("current, weak", HttpStatusCode.PreconditionFailed)]
    [TestCase("current, in a list", HttpStatusCode.PreconditionFailed)]
    [TestCase("current, with a zero before", HttpStatusCode.PreconditionFailed)]
    [TestCase("*", HttpStatusCode.PreconditionFailed)]
    [TestCase("", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"-1\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("\"99999999999999999999\"", HttpStatusCode.PreconditionFailed)]
    [TestCase("garbage", HttpStatusCode.PreconditionFailed)]
    public async Task A_change_without_the_current_version_is_refused_everywhere(string? ifMatch, HttpStatusCode expected)
    {
        var versioned = _walk.Operations.Where(o => o.Endpoint.Metadata.GetMetadata<RequiresIfMatch>() is not null).ToArray();
        Assert.That(versioned, Has.Length.GreaterThanOrEqualTo(14));
        var numbers = new Dictionary<Operation, string>();
        foreach (var operation in versioned)
        {
            var resource = string.Join('/', _walk.PathOf(operation).Split('/').Take(operation.IsNational ? 5 : 7));
            numbers[operation] = (await _kalmar.SendAsync("decider", HttpMethod.Get, resource, null, (EndpointConventions.PurposeHeader, "internalControl"))).ETag!.Trim('"');
        }
        var before = await _host.Database.FingerprintAsync(but: "national_access_log");

        foreach (var operation in versioned)
        {
            var number = numbers[operation];
            var tag = ifMatch switch
            {
                "current, unquoted" => number,
                "current, weak" => $"W/\"{number}\"",
                "current, in a list" => $"\"{number}\", \"{number}\"",
                "current, with a zero before" => $"\"0{number}\"",
                _ => ifMatch,
            };
            foreach (var query in new[] { "", "?validateOnly=true" })
            {
                var answer = await _walk.SendAsync(operation, _walk.TokenOf(operation.Client), query: query, ifMatch: tag);
                Assert.That(answer.Status, Is.EqualTo(expected), $"{operation}{query}: {answer.Text}");
            }
        }
        Assert.That(await _host.Database.FingerprintAsync(but: "national_access_log"), Is.EqualTo(before));
    }

    [Test]
    public async Task The_version_in_the_answer_is_the_one_that_the_next_command_takes()
    {
        var contract = await _kalmar.ContractAsync();
        var opened = await _kalmar.PostAsync("cases", Bodies.Case(contract, [await _kalmar.DeviationAsync(contract)]));
        var read = await _kalmar.GetAsync($"cases/{opened.Id}");
        var transitions = await _kalmar.GetAsync($"cases/{opened.Id}/transitions");
        var first = await _kalmar.PostAsync($"cases/{opened.Id}/activities", Bodies.Activity("supplierDialogue", _host.Clock.GetUtcNow()), headers: ("If-Match", opened.ETag));
        var second = await _kalmar.PostAsync($"cases/{opened.Id}/activities", Bodies.Activity("reportToMonitoring", _host.Clock.GetUtcNow()), headers: ("If-Match", first.ETag));

        Assert.That(new[] { read.ETag, transitions.ETag }, Is.All.EqualTo(opened.ETag));
        Assert.That((first.Status, second.Status), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK)));
        Assert.That(new[] { opened, first, second }.Select(a => a.ETag), Is.EqualTo(new[] { opened, first, second }.Select(a => $"\"{a.Body!["version"]}\"")));
        Assert.That(first.ETag, Is.Not.EqualTo(second.ETag));
    }

    [Test]
    public async Task Of_two_changes_at_the_same_time_with_one_version_one_is_made()
    {
        var id = await _kalmar.CaseAtAsync(0);
        var etag = (await _kalmar.GetAsync($"cases/{id}")).ETag;
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            _kalmar.PostAsync($"cases/{id}/activities", Bodies.Activity("supplierDialogue", _host.Clock.GetUtcNow()), headers: ("If-Match", etag))));

        Assert.That(answers.Count(a => a.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(answers.Count(a => a.Status == HttpStatusCode.PreconditionFailed), Is.EqualTo(5));
    }

    [Test]
    public async Task A_contract_may_be_put_with_the_version_that_was_seen()
    {
        var number = await _kalmar.ContractAsync();
        var path = $"contracts/{number}";

        var stale = await _kalmar.SendAsync("handler", HttpMethod.Put, path, Bodies.Contract(title: "Ny titel"), ("If-Match", "\"7\""));
        var current = await _kalmar.SendAsync("handler", HttpMethod.Put, path, Bodies.Contract(title: "Ny titel"), ("If-Match", "\"1\""));
        var same = await _kalmar.SendAsync("handler", HttpMethod.Put, path, Bodies.Contract(title: "Ny titel"));
        var absent = await _kalmar.SendAsync("handler", HttpMethod.Put, path + "-absent", Bodies.Contract(), ("If-Match", "\"1\""));

        var documented = (await _kalmar.GetAsync("/escalation/v1/openapi.json")).Body!["paths"]!["/regions/{region}/contracts/{contractNumber}"]!["put"]!;
        Assert.That(documented["responses"]!["412"], Is.Not.Null);
        Assert.That(documented["parameters"]!.AsArray().Single(p => (string?)p!["name"] == "If-Match")!["required"]?.GetValue<bool>() ?? false, Is.False);
        Assert.That(new[] { stale.Status, current.Status, same.Status, absent.Status },
            Is.EqualTo(new[] { HttpStatusCode.PreconditionFailed, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed }));
        Assert.That(new[] { current.ETag, same.ETag }, Is.EqualTo(new[] { "\"2\"", "\"2\"" }), "the same content is no change");
    }

    /// <summary>The whole scenario, every command of which is first asked as a dry run.</summary>
    [Test]
    public async Task A_dry_run_of_every_command_gives_the_verdict_of_the_real_one_and_writes_nothing()
    {
        await using var host = await TestHost.StartAsync(new() { ["Webhooks:AllowLoopback"] = "true" });
        using var anonymous = host.CreateClient();
        using var asked = new AskedFirst(host.Database);
        using var http = new HttpClient(asked) { BaseAddress = anonymous.BaseAddress };
        await new Demo(http, _ => { }).PlayAsync();
        using var story = new AcceptanceStory(host, http);
        await story.MainLineAsync();
        await story.EndOfBusinessAsync();
        await story.UnfoundedAsync();
        await story.DeviationsAsync();
        await story.WatchListAsync();
        await story.CatalogueAsync();
        await story.RefusedAndPersistentAsync();
        using var meetings = new JointMeetingStory(host, http);
        await meetings.PlayAsync();
        await using var webhooks = await WebhookStory.StartAsync(host, http);
        await webhooks.PlayAsync();

        Assert.Multiple(() =>
        {
            Assert.That(asked.Verdicts, Has.Count.GreaterThan(50));
            Assert.That(asked.Wrong, Is.Empty);
            Assert.That(asked.Verdicts.Select(v => v.Real), Does.Contain("422 R-E2 planMissing").And.Contain("412  "), "rejections too");
            foreach (var command in _walk.Operations.Where(o => o.Endpoint.Metadata.GetMetadata<IsCommand>() is not null))
            {
                var address = new Regex($"^{command.Method} {Regex.Replace(command.Pattern.TrimEnd('/'), "{[^}]*}", "[^/]+")}$");
                Assert.That(asked.Verdicts.Any(v => address.IsMatch(v.Command)), $"the scenario has no {command}; give it one");
            }
        });
    }

    private sealed class AskedFirst(TestDatabase database) : DelegatingHandler(new SocketsHttpHandler())
    {
        public List<(string Command, string Dry, string Real)> Verdicts { get; } = [];

        public List<string> Wrong { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            // The twins of one key run at the same time: what one of them is told beforehand is not true any more when it comes.
            if (request.Method == HttpMethod.Get || !(path.StartsWith("/escalation/", StringComparison.Ordinal) || path.StartsWith("/national/", StringComparison.Ordinal)) || request.Headers.Contains(Idempotency.Header))
                return await base.SendAsync(request, cancellationToken);

            using var dryRun = new HttpRequestMessage(request.Method, new Uri(request.RequestUri, path + "?validateOnly=true")) { Content = request.Content };
            foreach (var (name, values) in request.Headers)
                dryRun.Headers.TryAddWithoutValidation(name, values);
            var before = await database.FingerprintAsync(but: "national_access_log");
            var dry = await VerdictAsync(await base.SendAsync(dryRun, cancellationToken));
            var after = await database.FingerprintAsync(but: "national_access_log");
            var response = await base.SendAsync(request, cancellationToken);
            var real = await VerdictAsync(response);

            var command = $"{request.Method} {path}";
            Verdicts.Add((command, dry, real));
            if (before != after || dry != real.Replace("201", "200", StringComparison.Ordinal).Replace("202", "200", StringComparison.Ordinal))
                Wrong.Add($"{command}: {dry} before, {real} then, {(before == after ? "nothing" : "something")} written by the dry run");
            return response;
        }

        private static async Task<string> VerdictAsync(HttpResponseMessage response)
        {
            await response.Content.LoadIntoBufferAsync();
            var answer = await Answer.OfAsync(response);
            // An answer may have members of these names too.
            return (int)answer.Status < 300 ? $"{(int)answer.Status}  " : $"{(int)answer.Status} {answer.Code} {answer.Reason}";
        }
    }
}
