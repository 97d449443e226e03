using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RegionEscalation.Feeds;

namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>Where webhooks go and where not, and how an endpoint is verified; on real sockets.</summary>
public sealed class WebhookSenderTests
{
    private static readonly WebhookSecrets Secrets = new(new PlatformKey(new byte[32]));
    private const string RandomKey = "q0NvJm1yH8cXr5uW2LZtE9bAfKdP7sGhTi4oVwUyBxM=";
    private const string PublicKey = "ZGV2ZWxvcG1lbnQga2V5LCBwdWJsaWMsIG5ldmVyIGluIHByb2R1Y3Rpb24=";

    private static readonly WebhookOptions Production = new() { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly WebhookOptions Development = Production with { AllowLoopback = true };

    private WebhookReceiver _receiver = null!;

    [SetUp]
    public async Task StartAsync() => _receiver = await WebhookReceiver.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _receiver.DisposeAsync();

    [TestCase("127.0.0.1")]
    [TestCase("127.1")]
    [TestCase("2130706433")]
    [TestCase("0x7f000001")]
    [TestCase("0.0.0.0")]
    [TestCase("[::1]")]
    [TestCase("[::]")]
    [TestCase("[::ffff:127.0.0.1]")]
    [TestCase("[::ffff:7f00:1]")]
    [TestCase("[64:ff9b::127.0.0.1]")]
    [TestCase("localhost", "unreachable")]
    [TestCase("loopback.example", "unreachable")]
    [TestCase("mapped.example", "unreachable")]
    [TestCase("private.example", "unreachable")]
    [TestCase("link-local.example", "unreachable")]
    [TestCase("several.example", "unreachable")]
    [TestCase("rebinding.example", "unreachable")]
    [TestCase("unknown.example", "unreachable")]
    public async Task In_production_nothing_beside_us_is_reached(string host, string error = "notPublic")
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        listener.Start();
        var asked = 0;
        using var sender = Sender(Production, name => name switch
        {
            "localhost" => ["127.0.0.1", "::1"],
            "loopback.example" => ["127.0.0.1"],
            "mapped.example" => ["::ffff:127.0.0.1"],
            "private.example" => ["10.0.0.1", "192.168.1.1", "172.16.0.1", "fd00::1"],
            "link-local.example" => ["169.254.169.254", "fe80::1"],
            "several.example" => ["10.0.0.1", "127.0.0.1", "::1"],
            // Whoever looked first was told another one.
            "rebinding.example" => asked++ == 0 ? ["192.0.0.8"] : ["127.0.0.1"],
            _ => throw new SocketException((int)SocketError.HostNotFound),
        });
        var subscription = To($"https://{host}:{((IPEndPoint)listener.LocalEndpoint).Port}/hook");

        var outcome = await PostAsync(sender, subscription);
        var again = await PostAsync(sender, subscription);
        var verification = await sender.VerifyAsync("escalation", "/escalation/v1/regions/08", subscription, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(outcome, Is.EqualTo(new DeliveryOutcome.Failed(error)));
            Assert.That(again, Is.EqualTo(new DeliveryOutcome.Failed(error)));
            Assert.That(verification, Has.Property("Error").EqualTo(error));
            Assert.That(listener.Pending(), Is.False, "nobody has connected");
        });
    }

    [TestCase("http://hook.example/", "scheme")]
    [TestCase("ftp://hook.example/", "scheme")]
    [TestCase("file:///etc/passwd", "address")]
    [TestCase("/hook", "address")]
    [TestCase("https://user:secret@hook.example/", "address")]
    [TestCase("https://hook.example/#part", "address")]
    [TestCase("https://10.0.0.1/", "notPublic")]
    [TestCase("https://[fd00::1]/", "notPublic")]
    [TestCase("https://hook.example/", null)]
    [TestCase("https://1.1.1.1:8443/hook?a=b", null)]
    public async Task An_address_that_is_none_is_told_from_one_beforehand(string url, string? why)
    {
        using var sender = Sender(Production, _ => []);

        Assert.That(sender.WhyNot(url), Is.EqualTo(why));
        if (why is not null)
            Assert.That(await PostAsync(sender, To(url)), Is.EqualTo(new DeliveryOutcome.Failed(why)));
    }

    [TestCase("Development", "true", true)]
    [TestCase("Production", "true", false)]
    [TestCase("Staging", "true", false)]
    [TestCase("Production", "false", true)]
    public void Loopback_is_allowed_in_Development_only_and_elsewhere_the_host_does_not_start(string environment, string allowed, bool starts)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Webhooks:AllowLoopback"] = allowed,
            [PlatformKey.Setting] = RandomKey,
        }).Build();

        Assert.That(() => Add(environment, settings), starts ? Throws.Nothing : Throws.TypeOf<OptionsValidationException>().With.Message.Contains("Webhooks:AllowLoopback"));
    }

    [TestCase("Production", RandomKey, true)]
    [TestCase("Production", PublicKey, false)]
    [TestCase("Production", " " + PublicKey + "\n", false)]
    [TestCase("Staging", PublicKey, false)]
    [TestCase("Production", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false)]
    [TestCase("Production", "/////////////////////////////////////////////////w==", false)]
    [TestCase("Production", "c2hvcnQ=", false)]
    [TestCase("Production", "no base64", false)]
    [TestCase("Production", null, false)]
    [TestCase("Development", null, true)]
    [TestCase("Development", PublicKey, true)]
    [TestCase("Development", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false)]
    public void A_host_does_not_start_with_a_key_that_others_know_and_says_so_in_a_line(string environment, string? key, bool starts)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [PlatformKey.Setting] = key }).Build();

        if (starts)
            Assert.That(() => Add(environment, settings), Throws.Nothing);
        else
            Assert.That(Host.StartupProblem.LineFor(Assert.Throws<OptionsValidationException>(() => Add(environment, settings))!), Does.StartWith("Secrets:PlatformKey").And.Not.Contains("\n"));
    }

    [TestCase("00:00:25", false)]
    [TestCase("00:00:26", true)]
    public void A_lease_outlasts_what_is_done_under_it(string lease, bool starts) =>
        Assert.That(new WebhookOptions { Lease = TimeSpan.Parse(lease, null) }.Problems(development: true), starts ? Is.Empty : Is.Not.Empty);

    [Test]
    public async Task In_development_loopback_is_reached_and_what_else_is_private_is_not()
    {
        using var sender = Sender(Development, name => name == "mixed.example" ? ["10.0.0.1", "127.0.0.1"] : ["10.0.0.1"]);

        Assert.That(await PostAsync(sender, To(_receiver.Url())), Is.EqualTo(new DeliveryOutcome.Accepted(204)));
        Assert.That(await PostAsync(sender, To($"http://mixed.example:{_receiver.Port}/")), Is.EqualTo(new DeliveryOutcome.Accepted(204)), "of several addresses the ones that may be");
        Assert.That(await PostAsync(sender, To($"http://private.example:{_receiver.Port}/")), Is.EqualTo(new DeliveryOutcome.Failed("unreachable")));
    }

    [Test]
    public async Task What_is_sent_says_what_it_is_and_nothing_of_us()
    {
        using var sender = Sender(Development, _ => []);
        using var listener = new ActivityListener { ShouldListenTo = _ => true, Sample = (ref _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        using var activity = new Activity("request").Start();

        await PostAsync(sender, To(_receiver.Url("/hook?key=1")));

        var headers = _receiver.Posts.Single().Headers;
        Assert.That(headers.Keys, Is.EquivalentTo(new[] { "host", "content-length", "content-type", "user-agent", "webhook-id", "webhook-timestamp", "webhook-signature" }));
        Assert.That((headers["user-agent"], headers["content-type"]), Is.EqualTo(("RegionEscalation/1.0", "application/cloudevents+json; charset=utf-8")));
    }

    [Test]
    public async Task Every_answer_is_a_value()
    {
        using var sender = Sender(Development, name => name == "public.example" ? ["127.0.0.1"] : throw new SocketException((int)SocketError.HostNotFound));
        using var impatient = Sender(Development with { Timeout = TimeSpan.FromMilliseconds(300) }, _ => []);
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var unused = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        _receiver.Answer = async (message, http) =>
        {
            switch (message.Path)
            {
                case "/redirect":
                    http.Response.Redirect(_receiver.Url("/elsewhere"));
                    break;
                case "/hangs":
                    await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
                case "/closes":
                    http.Abort();
                    break;
                case "/waits":
                    (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (429, "120");
                    break;
                default:
                    http.Response.StatusCode = int.Parse(message.Path[1..], null);
                    break;
            }
        };
        async Task<DeliveryOutcome> At(string path) => await PostAsync(sender, To(_receiver.Url(path)));

        Assert.Multiple(async () =>
        {
            Assert.That(await At("/200"), Is.EqualTo(new DeliveryOutcome.Accepted(200)));
            Assert.That(await At("/202"), Is.EqualTo(new DeliveryOutcome.Accepted(202)));
            Assert.That(await At("/redirect"), Is.EqualTo(new DeliveryOutcome.Failed("redirect", 302)));
            Assert.That(await At("/304"), Is.EqualTo(new DeliveryOutcome.Failed("redirect", 304)));
            Assert.That(await At("/400"), Is.EqualTo(new DeliveryOutcome.Refused(400, null)));
            Assert.That(await At("/500"), Is.EqualTo(new DeliveryOutcome.Refused(500, null)));
            Assert.That(await At("/waits"), Is.EqualTo(new DeliveryOutcome.Refused(429, TimeSpan.FromSeconds(120))));
            Assert.That(await At("/410"), Is.EqualTo(new DeliveryOutcome.Gone()));
            Assert.That(await PostAsync(impatient, To(_receiver.Url("/hangs"))), Is.EqualTo(new DeliveryOutcome.Failed("timeout")));
            Assert.That(await At("/closes"), Is.EqualTo(new DeliveryOutcome.Failed("connection")));
            Assert.That(await PostAsync(sender, To($"http://127.0.0.1:{unused}/")), Is.EqualTo(new DeliveryOutcome.Failed("connection")));
            Assert.That(await PostAsync(sender, To($"https://public.example:{_receiver.Port}/")), Is.EqualTo(new DeliveryOutcome.Failed("tls")));
            Assert.That(await PostAsync(sender, To("https://unknown.example/")), Is.EqualTo(new DeliveryOutcome.Failed("unreachable")));
            Assert.That(_receiver.Posts.Select(p => p.Path), Has.No.Member("/elsewhere"));
        });
    }

    [Test]
    public async Task A_breaker_opens_for_an_endpoint_that_fails_and_for_longer_each_time_and_for_no_other()
    {
        var clock = new MovableClock();
        using var sender = new WebhookSender(Secrets, Development, clock);
        var (failing, well) = (To(_receiver.Url("/failing")), To(_receiver.Url("/well")));
        _receiver.Answer = (message, http) =>
        {
            http.Response.StatusCode = message.Path == "/failing" ? 500 : 204;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 5; i++)
            Assert.That(await PostAsync(sender, failing), Is.TypeOf<DeliveryOutcome.Refused>());

        foreach (var seconds in new[] { 30, 60, 120, 240, 300, 300 })
        {
            var open = (DeliveryOutcome.BreakerOpen)await PostAsync(sender, failing);
            Assert.That(open.Until - clock.GetUtcNow(), Is.GreaterThan(TimeSpan.FromSeconds(seconds / 2)).And.LessThanOrEqualTo(TimeSpan.FromSeconds(seconds)));
            clock.Move(TimeSpan.FromSeconds(seconds));
            Assert.That(await PostAsync(sender, failing), Is.TypeOf<DeliveryOutcome.Refused>(), "one probe");
        }
        Assert.That(await PostAsync(sender, well), Is.TypeOf<DeliveryOutcome.Accepted>());
        Assert.That(_receiver.Posts.Count(p => p.Path == "/failing"), Is.EqualTo(5 + 6));

        _receiver.Answer = (_, _) => Task.CompletedTask;
        clock.Move(TimeSpan.FromMinutes(5));
        Assert.That(await PostAsync(sender, failing), Is.TypeOf<DeliveryOutcome.Accepted>());
        Assert.That(await PostAsync(sender, failing), Is.TypeOf<DeliveryOutcome.Accepted>());
    }

    [TestCase(400, false)]
    [TestCase(404, false)]
    [TestCase(422, false)]
    [TestCase(408, true)]
    [TestCase(429, true)]
    [TestCase(503, true)]
    [TestCase(302, true)]
    public async Task A_breaker_opens_for_what_says_that_the_endpoint_is_unwell_and_closes_with_a_verification(int status, bool opens)
    {
        using var sender = Sender(Development, _ => []);
        var subscription = To(_receiver.Url());
        _receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 10; i++)
            await PostAsync(sender, subscription);

        Assert.That(await PostAsync(sender, subscription) is DeliveryOutcome.BreakerOpen, Is.EqualTo(opens));
        Assert.That(await PostAsync(sender, subscription with { VerifiedAt = subscription.VerifiedAt!.Value.AddMinutes(1) }), Is.Not.TypeOf<DeliveryOutcome.BreakerOpen>());
    }

    [TestCase("json", null)]
    [TestCase("text", null)]
    [TestCase("other", "challenge")]
    [TestCase("nothing", "challenge")]
    [TestCase("late", "challenge", TestName = "What_lies_beyond_4_KiB_is_not_read")]
    [TestCase("refused", "refused")]
    [TestCase("redirect", "redirect")]
    [TestCase("drips", "timeout")]
    [TestCase("breaks", "connection")]
    public async Task An_endpoint_is_verified_by_answering_the_challenge(string answers, string? error)
    {
        using var sender = Sender(Development with { Timeout = TimeSpan.FromSeconds(1) }, _ => []);
        var subscription = To(_receiver.Url());
        _receiver.Answer = async (message, http) =>
        {
            var challenge = message.Event["data"]!["challenge"]!.GetValue<string>();
            http.Response.StatusCode = answers switch { "refused" => 403, "redirect" => 307, _ => 200 };
            switch (answers)
            {
                case "json":
                    await http.Response.WriteAsJsonAsync(new { challenge });
                    break;
                case "text" or "refused" or "redirect":
                    await http.Response.WriteAsync(challenge + "\n");
                    break;
                case "other":
                    await http.Response.WriteAsJsonAsync(new { challenge = challenge.ToUpperInvariant() });
                    break;
                case "late":
                    await http.Response.WriteAsync(new string(' ', 5000) + challenge);
                    break;
                case "drips":
                    while (!http.RequestAborted.IsCancellationRequested)
                    {
                        await http.Response.WriteAsync(" ");
                        await http.Response.Body.FlushAsync();
                        await Task.Delay(50);
                    }
                    break;
                case "breaks":
                    await http.Response.WriteAsync(challenge);
                    await http.Response.Body.FlushAsync();
                    http.Abort();
                    break;
            }
        };

        var attempt = await sender.VerifyAsync("escalation", "/escalation/v1/regions/08", subscription, CancellationToken.None);

        var message = _receiver.Posts.Single();
        Assert.That(attempt.Error, Is.EqualTo(error));
        Assert.That(await IndependentReceiver.JudgeAsync([(Secrets.Shown("escalation", "08", subscription.Id, 1), message)]), Is.EqualTo(new[] { "ok" }));
        Assert.That(((string?)message.Event["type"], (string?)message.Event["id"], (string?)message.Event["specversion"], (string?)message.Event["source"]),
            Is.EqualTo(("webhook-verification.v1", message.Headers["webhook-id"], "1.0", "/escalation/v1/regions/08")));
    }

    private static void Add(string environment, IConfiguration settings) => new ServiceCollection().AddFeeds(
        settings, WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment }).Environment, "Host=127.0.0.1");

    private static WebhookSender Sender(WebhookOptions options, Func<string, string[]> resolve) =>
        new(Secrets, options, TimeProvider.System, (name, _) => Task.FromResult(resolve(name).Select(IPAddress.Parse).ToArray()));

    private static Task<DeliveryOutcome> PostAsync(WebhookSender sender, Subscription subscription) =>
        sender.PostAsync("escalation", subscription, Guid.CreateVersion7(), Encoding.UTF8.GetBytes(new JsonObject().ToJsonString()), CancellationToken.None);

    private static Subscription To(string url)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new(Guid.CreateVersion7(), "08", 1, url, null, [], SubscriptionState.Active, null, "kalmar-integrator", null, null, 1, null, now, now, now, null, null, null, now);
    }
}
