using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Npgsql;
using RegionEscalation.Host.Development;
using RegionEscalation.Http;
using RegionEscalation.IntegrationTests.Webhooks;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Webhook subscriptions over HTTP: the same on both APIs, of different owners.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class WebhookSubscriptionTests(bool national)
{
    private const string Kalmar = "0a8c1f52-6d0b-4e6f-9a51-3b1f7c2d0008";
    private const string Halland = "5e2d9b74-1c83-4f0a-b6e7-8d4a2f9c0013";
    private const string Group = "c47f0e19-93a5-4b2d-8f60-1e5d7a3b0000";
    private const string Endpoint = "https://integration.region.example/webhooks";

    private readonly CapturedLog _log = new();
    private TestHost _host = null!;
    private WebhookReceiver _receiver = null!;
    private WebhookRows _rows = null!;
    private HttpClient _http = null!;

    private string Collection => national ? "/national/v1/webhook-subscriptions" : "/escalation/v1/regions/08/webhook-subscriptions";

    private string Inbox => national ? "/national/v1/inbox/messages" : "/escalation/v1/regions/08/inbox/messages";

    private string Owner => national ? "region:08" : "08";

    private DevelopmentClient Subscriber => new("kalmar-system", TenantId: Kalmar, Roles: [national ? "handler" : "integrator"]);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync(new()
        {
            ["Webhooks:AllowLoopback"] = "true",
            ["Webhooks:Timeout"] = "00:00:02",
            ["Logging:Captured:LogLevel:RegionEscalation"] = "Trace",
            ["Logging:Captured:LogLevel:Microsoft.AspNetCore"] = "Information",
            ["Access:Clients:kalmar-system:Regions:0"] = "08",
            ["Access:Clients:kalmar-and-group:TenantId"] = Group,
            ["Access:Clients:kalmar-and-group:Regions:0"] = "08",
        }, log: _log);
        _receiver = await WebhookReceiver.StartAsync();
        _rows = new WebhookRows(_host.Database, national);
        _http = _host.CreateClient();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _receiver.DisposeAsync();
        _http.Dispose();
        await _host.DisposeAsync();
        _log.Dispose();
    }

    [SetUp]
    public Task ForgetAsync() => _host.Database.ScalarAsync(
        "DELETE FROM webhook_deliveries; DELETE FROM webhook_subscriptions; DELETE FROM national_webhook_deliveries; DELETE FROM national_webhook_subscriptions");

    [Test]
    public async Task A_subscription_waits_for_its_verification_and_is_read_as_it_was_answered()
    {
        var made = await SubscribeAsync(new { url = Endpoint, description = "Avtalssystemet", types = new[] { Type } });
        var read = await SendAsync(HttpMethod.Get, made.Location!);
        var listed = await SendAsync(HttpMethod.Get, Collection);

        Assert.That(made.Status, Is.EqualTo(HttpStatusCode.Created), made.Text);
        Assert.That((made.ETag, read.ETag), Is.EqualTo(("\"1\"", "\"1\"")));
        Assert.That(made.Body!["_links"]!["self"]!["href"]!.ToString(), Is.EqualTo(made.Location));
        Assert.That(JsonNode.DeepEquals(made.Body, read.Body) && JsonNode.DeepEquals(made.Body, listed.Body!["items"]![0]), Is.True);
        Assert.That(new[] { "owner", "state", "clientId", "secretGeneration", "pending", "version", "previousUntil", "verifiedAt", "oldestPending" }.Select(m => made.Body![m]?.ToString()),
            Is.EqualTo(new[] { Owner, "pending", "kalmar-system", "1", "0", "1", null, null, null }));
        Assert.That(made.Body!["purpose"]?.ToString(), Is.EqualTo(national ? "internalControl" : null), "it is kept nationally, and a region's own feed has none");
        Assert.That(await _rows.OfAsync(made.Id, "s.directory || ' ' || (s.position_transaction <= pg_snapshot_xmin(pg_current_snapshot()))"), Is.EqualTo($"{Kalmar} true"));
    }

    [Test]
    public async Task The_same_key_subscribes_once_and_a_dry_run_not_at_all()
    {
        var dry = await SendAsync(HttpMethod.Post, Collection + "?validateOnly=true", new { url = Endpoint }, ("Purpose", "internalControl"));
        var first = await SubscribeAsync(new { url = Endpoint }, ("Idempotency-Key", "one"));
        var again = await SubscribeAsync(new { url = Endpoint }, ("Idempotency-Key", "one"));
        var other = await SubscribeAsync(new { url = Endpoint + "/other" }, ("Idempotency-Key", "one"));

        Assert.That((dry.Status, dry.Body!["valid"]!.GetValue<bool>()), Is.EqualTo((HttpStatusCode.OK, true)), dry.Text);
        Assert.That((again.Text, again.ETag, again.Location), Is.EqualTo((first.Text, first.ETag, first.Location)));
        Assert.That(other.Code, Is.EqualTo("idempotencyKeyReused"));
        Assert.That(await _rows.CountAsync("true"), Is.EqualTo(1));
    }

    [TestCase("ftp://integration.region.example/x", "notHttps")]
    [TestCase("/webhooks", "notAbsolute")]
    [TestCase("https://user@integration.region.example/x", "userInfo")]
    [TestCase("https://integration.region.example/x#part", "fragment")]
    [TestCase("https://10.0.0.8/x", "notPublic")]
    [TestCase("https://169.254.169.254/latest", "notPublic")]
    public async Task An_address_that_cannot_be_one_is_refused_on_its_field(string url, string reason)
    {
        var made = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        foreach (var answer in new[] { await SubscribeAsync(new { url }), await SendAsync(HttpMethod.Put, made.Location!, new { url }, ("If-Match", made.ETag)) })
        {
            Assert.That((answer.Status, answer.Code, answer.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "webhook", reason)), answer.Text);
            Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { "url" }));
        }
    }

    [Test]
    public async Task A_type_that_the_feed_does_not_have_and_a_beginning_in_the_future_are_refused()
    {
        var type = await SubscribeAsync(new { url = Endpoint, types = new[] { Type, "no-such-type.v1" } });
        var future = await SubscribeAsync(new { url = Endpoint, since = _host.Clock.GetUtcNow().AddMinutes(5) });

        Assert.That((type.Status, type.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "unknownType")), type.Text);
        Assert.That((future.Status, (string?)future.Body!["errors"]!["since"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "inTheFuture")), future.Text);
        Assert.That(await _rows.CountAsync("true"), Is.Zero);
    }

    [Test]
    public async Task Twenty_at_most_however_many_come_at_once_and_one_that_ended_makes_room()
    {
        var first = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => SubscribeAsync(new { url = Endpoint })));

        Assert.That(answers.GroupBy(a => $"{(int)a.Status} {a.Reason}").Select(g => $"{g.Key}: {g.Count()}"), Is.EquivalentTo(new[] { "201 : 19", "422 tooMany: 11" }));
        Assert.That(await _rows.CountAsync("s.state <> 'ended'"), Is.EqualTo(20));
        Succeeded(await SendAsync(HttpMethod.Delete, first.Location!, null, ("If-Match", first.ETag)));
        Assert.That((await SubscribeAsync(new { url = Endpoint })).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Only_those_who_manage_them_may()
    {
        var id = await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        (string Role, bool Reads, bool Manages)[] expected = national
            ? [("reader", false, false), ("handler", true, true), ("decider", true, true), ("integrator", false, false)]
            : [("reader", true, false), ("handler", true, false), ("decider", true, false), ("integrator", true, true)];
        foreach (var (role, reads, manages) in expected)
        {
            var client = new DevelopmentClient($"kalmar-{role}-x", TenantId: Kalmar, Roles: [role]);
            foreach (var path in new[] { Collection, $"{Collection}/{id}", $"{Collection}/{id}/deliveries", Inbox })
                Assert.That((await SendAsync(client, HttpMethod.Get, path)).Status, Is.EqualTo(reads ? HttpStatusCode.OK : HttpStatusCode.Forbidden), $"{path} as {role}");
            var subscribed = await SendAsync(client, HttpMethod.Post, Collection + "?validateOnly=true", new { url = Endpoint }, ("Purpose", "internalControl"));
            Assert.That(subscribed.Status, Is.EqualTo(manages ? HttpStatusCode.OK : HttpStatusCode.Forbidden), role);
        }
    }

    [Test]
    public async Task To_another_owner_there_is_nothing_at_any_address()
    {
        var id = await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        var delivery = await _rows.DeliveryAsync(Owner, id);
        var other = new DevelopmentClient("halland-system", TenantId: Halland, Roles: ["handler", "integrator"]);
        var collection = Collection.Replace("/08/", "/13/", StringComparison.Ordinal);
        var before = await _host.Database.FingerprintAsync();

        foreach (var (method, path, body) in Operations(id, delivery))
        {
            var answer = await SendAsync(other, method, path.Replace(Collection, collection, StringComparison.Ordinal), body, ("If-Match", "\"1\""));
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.NotFound), $"{method} {path}");
        }
        Assert.That((await SendAsync(other, HttpMethod.Get, collection)).Body!["_meta"]!["totalItems"]!.GetValue<int>(), Is.Zero);
        Assert.That(await _host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_change_takes_the_version_that_was_seen_and_another_address_is_verified_anew()
    {
        var made = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        await _rows.SetAsync(made.Id, "state = 'active', verified_at = now(), failing_since = now(), lease_holder = gen_random_uuid(), lease_until = now() + INTERVAL '1 hour'");
        var place = await _rows.OfAsync(made.Id, "s.position_transaction::text || '/' || s.position_sequence");

        var missing = await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" });
        var stale = await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" }, ("If-Match", "\"7\""));
        var described = Succeeded(await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" }, ("If-Match", "\"1\"")));
        Assert.That((missing.Status, stale.Status), Is.EqualTo((HttpStatusCode.PreconditionRequired, HttpStatusCode.PreconditionFailed)));
        Assert.That((described.ETag, State(described), described.Body!["failingSince"] is null), Is.EqualTo(("\"2\"", "active", false)));
        Assert.That(await _rows.OfAsync(made.Id, "s.lease_holder IS NULL AND s.lease_until < clock_timestamp()"), Is.True, "whoever delivers by what was before writes nothing down");

        var same = Succeeded(await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" }, ("If-Match", "\"2\"")));
        Assert.That((same.ETag, await _rows.OfAsync(made.Id, "s.version")), Is.EqualTo(("\"2\"", 2L)), "the same content is no change");
        var moved = Succeeded(await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint + "/new", types = new[] { Type } }, ("If-Match", "\"2\"")));
        Assert.That((moved.ETag, State(moved), moved.Body!["verifiedAt"], moved.Body["failingSince"], moved.Body["description"]), Is.EqualTo(("\"3\"", "pending", (object?)null, (object?)null, (object?)null)));
        Assert.That(JsonNode.DeepEquals((await SendAsync(HttpMethod.Get, made.Location!)).Body, moved.Body), Is.True);
        Assert.That(await _rows.OfAsync(made.Id, "s.position_transaction::text || '/' || s.position_sequence"), Is.EqualTo(place), "nothing is lost meanwhile");
    }

    [Test]
    public async Task What_has_ended_delivers_no_more_and_its_log_can_be_read()
    {
        var made = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        var delivered = await _rows.DeliveryAsync(Owner, made.Id);
        await _rows.DeliveryAsync(Owner, made.Id, "pending", 2);
        Assert.That((await SendAsync(HttpMethod.Get, made.Location!)).Body!["pending"]!.GetValue<int>(), Is.EqualTo(1));

        var ended = Succeeded(await SendAsync(HttpMethod.Delete, made.Location!, null, ("If-Match", "\"1\"")));

        Assert.That((State(ended), ended.Body!["pending"]!.GetValue<int>(), ended.Body["oldestPending"]), Is.EqualTo(("ended", 0, (object?)null)));
        Assert.That(await _rows.StatesAsync(made.Id), Is.EqualTo("delivered"));
        Assert.That((await SendAsync(HttpMethod.Get, Collection)).Body!["_meta"]!["totalItems"]!.GetValue<int>(), Is.Zero);
        Assert.That((await SendAsync(HttpMethod.Get, Collection + "?state=ended")).Body!["items"]![0]!["id"]!.GetValue<Guid>(), Is.EqualTo(made.Id));
        foreach (var (method, path, body) in Operations(made.Id, delivered))
        {
            var answer = await SendAsync(method, path, body, ("If-Match", "\"2\""));
            Assert.That((answer.Status, answer.Reason), Is.EqualTo(method == HttpMethod.Get ? (HttpStatusCode.OK, null) : (HttpStatusCode.UnprocessableEntity, "ended")), $"{method} {path}: {answer.Text}");
        }
    }

    [Test]
    public async Task Secrets_are_for_the_client_that_subscribed_alone_and_stand_nowhere()
    {
        var made = Succeeded(await SubscribeAsync(new { url = Endpoint }, ("Idempotency-Key", "secret")));
        var path = made.Location + "/secrets";
        var first = await SendAsync(HttpMethod.Get, path);
        var other = await SendAsync(Subscriber with { ClientId = "kalmar-other" }, HttpMethod.Get, path);
        var elsewhere = await SendAsync(Subscriber with { TenantId = Group }, HttpMethod.Get, path);

        Assert.That((other.Status, elsewhere.Status), Is.EqualTo((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)));
        Assert.That((Current(first), first.Body!["previous"], first.Body["previousUntil"]), Is.EqualTo((Current(first), (object?)null, (object?)null)));
        Assert.That(Current(first), Does.Match("^whsec_[A-Za-z0-9+/]{43}=$"));

        var rotated = await SendAsync(HttpMethod.Post, path, new { overlapHours = 2 }, ("If-Match", "\"1\""), ("Idempotency-Key", "rotate"));
        var both = await SendAsync(HttpMethod.Get, path);
        var tooEarly = await SendAsync(HttpMethod.Post, path, new { overlapHours = 2 }, ("If-Match", "\"2\""));
        Assert.That((rotated.Status, rotated.Body!["secretGeneration"]!.GetValue<int>(), rotated.ETag), Is.EqualTo((HttpStatusCode.OK, 2, "\"2\"")), rotated.Text);
        Assert.That(((string?)both.Body!["previous"], Current(both) != Current(first)), Is.EqualTo((Current(first), true)));
        Assert.That(both.Body["previousUntil"]!.ToString(), Is.EqualTo(rotated.Body["previousUntil"]!.ToString()));
        Assert.That((tooEarly.Status, tooEarly.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "previousStillSigns")));

        _host.Clock.Move(TimeSpan.FromHours(2));
        var after = await SendAsync(HttpMethod.Get, path);
        Assert.That((Current(after), after.Body!["previous"]), Is.EqualTo((Current(both), (object?)null)));
        Succeeded(await SendAsync(HttpMethod.Post, path, new { }, ("If-Match", "\"2\"")));

        var everything = await WebhookRows.EverythingAsync(_host.Database);
        Assert.That(everything, Does.Contain(made.Id.ToString()).And.Contain("kalmar-system"), "the search sees the rows");
        foreach (var secret in new[] { Current(first)!, Current(both)! }.Select(s => s["whsec_".Length..].TrimEnd('=')))
        {
            var hex = Convert.ToHexStringLower(Convert.FromBase64String(secret + "="));
            Assert.That(everything, Does.Not.Contain(secret).And.Not.Contain(hex));
            Assert.That(_log.Written.Where(line => line.Contains(secret, StringComparison.Ordinal) || line.Contains(hex, StringComparison.Ordinal)), Is.Empty);
            foreach (var answer in new[] { made, rotated, await SendAsync(HttpMethod.Get, made.Location!), await SendAsync(HttpMethod.Get, Collection), tooEarly })
                Assert.That(answer.Text, Does.Not.Contain(secret));
        }
        using var raw = await RawAsync(HttpMethod.Get, path);
        Assert.That(raw.Headers.CacheControl?.ToString(), Is.EqualTo("no-store"));
    }

    [Test]
    public async Task An_endpoint_that_echoes_the_challenge_makes_the_subscription_active_once()
    {
        _receiver.Answer = EchoAsync;
        var url = _receiver.Url($"/{Guid.NewGuid()}");
        var made = Succeeded(await SubscribeAsync(new { url }));
        await _rows.SetAsync(made.Id, "state = 'disabled', reason = 'failing', disabled_at = now(), failing_since = now()");
        await _rows.DeliveryAsync(Owner, made.Id, "pending");
        var path = made.Location + "/verifications";

        var dry = await SendAsync(HttpMethod.Post, path + "?validateOnly=true", null, ("If-Match", "\"1\""));
        var stale = await SendAsync(HttpMethod.Post, path, null, ("If-Match", "\"9\""));
        Assert.That((dry.Status, State(dry.Body!["result"]), stale.Status), Is.EqualTo((HttpStatusCode.OK, "active", HttpStatusCode.PreconditionFailed)), dry.Text);
        Assert.That(Sent(url), Is.Empty);

        var verified = await SendAsync(HttpMethod.Post, path, null, ("If-Match", "\"1\""), ("Idempotency-Key", $"verify-{national}"));
        var again = await SendAsync(HttpMethod.Post, path, null, ("If-Match", "\"1\""), ("Idempotency-Key", $"verify-{national}"));
        Assert.That((verified.Status, State(verified), verified.ETag, again.Text), Is.EqualTo((HttpStatusCode.OK, "active", "\"2\"", verified.Text)), verified.Text);
        Assert.That((verified.Body!["reason"], verified.Body["disabledAt"], verified.Body["failingSince"], verified.Body["verifiedAt"] is null), Is.EqualTo(((object?)null, (object?)null, (object?)null, false)));
        Assert.That(await _rows.StatesAsync(made.Id), Is.Not.EqualTo("pending"), "what waited is due at once");
        var message = Sent(url).Single(p => (string?)p.Event["type"] == "webhook-verification.v1");
        Assert.That((string?)message.Event["source"], Is.EqualTo(Collection.Replace("/webhook-subscriptions", "", StringComparison.Ordinal)), "sent once: a replay of the key sends nothing");
        Succeeded(await SendAsync(HttpMethod.Delete, made.Location!, null, ("If-Match", (await SendAsync(HttpMethod.Get, made.Location!)).ETag)));
    }

    [TestCase("silent", "challengeNotEchoed")]
    [TestCase("another", "challengeNotEchoed")]
    [TestCase("redirect", "redirect")]
    [TestCase("refuses", "refused")]
    [TestCase("hangs", "timeout")]
    public async Task An_endpoint_that_does_not_want_it_leaves_the_subscription_as_it_was(string endpoint, string reason)
    {
        _receiver.Answer = async (received, http) =>
        {
            switch (endpoint)
            {
                case "another":
                    http.Response.StatusCode = 200;
                    await http.Response.WriteAsJsonAsync(new { challenge = new string('a', 64) });
                    break;
                case "redirect":
                    http.Response.StatusCode = 307;
                    http.Response.Headers.Location = _receiver.Url("/elsewhere");
                    break;
                case "refuses":
                    http.Response.StatusCode = 401;
                    break;
                case "hangs":
                    await Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
            }
        };
        var made = Succeeded(await SubscribeAsync(new { url = _receiver.Url($"/{Guid.NewGuid()}") }));

        var answer = await SendAsync(HttpMethod.Post, made.Location + "/verifications", null, ("If-Match", "\"1\""));

        Assert.That((answer.Status, answer.Code, answer.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "webhook", reason)), answer.Text);
        Assert.That(await _rows.OfAsync(made.Id, "s.state || s.version"), Is.EqualTo("pending1"));
        Assert.That(_receiver.Posts.Where(p => p.Path == "/elsewhere"), Is.Empty);
    }

    [Test]
    public async Task One_entry_is_delivered_again_at_once_whoever_is_delivering()
    {
        var id = await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        var delivered = await _rows.DeliveryAsync(Owner, id);
        var untouched = await _rows.DeliveryAsync(Owner, id, place: 2);
        await _rows.SetAsync(id, "lease_holder = gen_random_uuid(), lease_until = now() + INTERVAL '1 hour', next_attempt_at = now() + INTERVAL '1 hour'");
        var path = $"{Collection}/{id}/deliveries/{delivered}/redeliveries";

        var dry = await SendAsync(HttpMethod.Post, path + "?validateOnly=true");
        Assert.That((dry.Status, await _rows.StatesAsync(id), await _rows.OfAsync(id, "s.lease_holder IS NULL")), Is.EqualTo((HttpStatusCode.OK, "delivered, delivered", false)));
        var answer = Succeeded(await SendAsync(HttpMethod.Post, path, null, ("Idempotency-Key", $"again-{national}")));

        Assert.That((State(answer), answer.Body!["eventId"]!.GetValue<Guid>(), answer.Body["nextAttemptAt"] is null, answer.ETag), Is.EqualTo(("pending", delivered, false, (string?)null)));
        Assert.That(await _rows.StatesAsync(id), Is.EqualTo("pending due, delivered"), $"{untouched} stays");
        Assert.That(await _rows.OfDeliveryAsync(delivered, "d.attempts || ' ' || jsonb_array_length(d.log)"), Is.EqualTo("2 2"), "what was tried stays in the log");
        Assert.That(await _rows.OfAsync(id, "s.lease_holder IS NULL AND s.lease_until < clock_timestamp() AND s.next_attempt_at IS NULL"), Is.True);
        await _rows.SetAsync(id, "lease_holder = gen_random_uuid()");
        Succeeded(await SendAsync(HttpMethod.Post, path, null, ("Idempotency-Key", $"again-{national}")));
        Assert.That(await _rows.OfAsync(id, "s.lease_holder IS NULL"), Is.False, "a replay does nothing again");
        Assert.That((await SendAsync(HttpMethod.Post, $"{Collection}/{id}/deliveries/{Guid.NewGuid()}/redeliveries")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task From_an_instant_on_everything_is_delivered_again_and_never_less_than_before()
    {
        var log = national ? "national_changes" : "mt_events";
        await _host.Database.ScalarAsync($"DELETE FROM {log}");
        var now = new Instant(_host.Clock.GetUtcNow()).Value;
        // The second and the third overtook each other: what was recorded first was committed last.
        foreach (var (place, age) in new[] { (10, 9), (20, 5), (30, 6), (40, 3) })
            await RecordAsync(place, now.AddMinutes(-10 * age), place);
        var id = await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);

        foreach (var (minutes, before, expected) in new[]
        {
            (100, "50/7", "10/9"), (61, "50/7", "20/19"), (55, "50/7", "20/19"), (31, "50/7", "40/39"),
            (31, "20/19", "20/19"), // never forward
            (0, "50/7", "50/7"), // nothing was recorded since
        })
        {
            await _rows.SetAsync(id, $"position_transaction = '{before.Split('/')[0]}', position_sequence = {before.Split('/')[1]}, lease_holder = gen_random_uuid(), lease_until = now() + INTERVAL '1 hour'");
            var answer = Succeeded(await SendAsync(HttpMethod.Post, $"{Collection}/{id}/redeliveries", new { since = now.AddMinutes(-minutes) }));
            Assert.That(await _rows.OfAsync(id, "s.position_transaction::text || '/' || s.position_sequence"), Is.EqualTo(expected), $"{minutes} minutes ago, from {before}");
            Assert.That(await _rows.OfAsync(id, "s.lease_holder IS NULL AND s.lease_until < clock_timestamp()"), Is.EqualTo(before != expected));
            Assert.That(answer.ETag, Is.Null);
        }
        var since = Succeeded(await SubscribeAsync(new { url = Endpoint, since = now.AddMinutes(-55) }));
        Assert.That(await _rows.OfAsync(since.Id, "s.position_transaction::text || '/' || s.position_sequence"), Is.EqualTo("20/19"), "a subscription may begin there too");
        var future = await SendAsync(HttpMethod.Post, $"{Collection}/{id}/redeliveries", new { since = now.AddMinutes(5) });
        Assert.That((future.Status, (string?)future.Body!["errors"]!["since"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "inTheFuture")));
        await _host.Database.ScalarAsync($"DELETE FROM {log}");
    }

    [Test]
    public async Task What_an_older_transaction_has_not_committed_yet_comes_after_the_place()
    {
        await using var connection = new NpgsqlConnection(_host.Database.Superuser);
        await connection.OpenAsync();
        await using var older = await connection.BeginTransactionAsync();
        await using var begun = new NpgsqlCommand("SELECT pg_current_xact_id()", connection, older);
        var transaction = (ulong)(await begun.ExecuteScalarAsync())!;
        var since = _host.Clock.GetUtcNow();
        await _host.Database.ScalarAsync(national ? "DELETE FROM national_changes" : "DELETE FROM mt_events");
        await RecordAsync(1, since, place: null);

        var fromNowOn = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        var fromThen = Succeeded(await SubscribeAsync(new { url = Endpoint, since }));
        var again = await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        await _rows.SetAsync(again, "position_transaction = '9000000000000'");
        Succeeded(await SendAsync(HttpMethod.Post, $"{Collection}/{again}/redeliveries", new { since }));

        foreach (var id in new[] { fromNowOn.Id, fromThen.Id, again })
            Assert.That(ulong.Parse((string)(await _rows.OfAsync(id, "s.position_transaction::text"))!, CultureInfo.InvariantCulture), Is.LessThanOrEqualTo(transaction));
        await older.RollbackAsync();
    }

    [Test]
    public async Task Deliveries_are_listed_latest_first_with_their_attempts()
    {
        var id = await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        Guid[] events = [await _rows.DeliveryAsync(Owner, id), await _rows.DeliveryAsync(Owner, id, "pending", 2, "case-closed.v1"), await _rows.DeliveryAsync(Owner, id, place: 3, type: "case-closed.v1")];
        await _rows.DeliveryAsync(Owner, await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar));

        foreach (var (query, expected) in new (string, int[])[]
        {
            ("", [2, 1, 0]), ("?limit=1&page=2", [1]), ("?state=pending", [1]), ("?state=delivered", [2, 0]), ("?type=case-closed.v1", [2, 1]), ("?type=case-closed.v1&state=delivered", [2]), ("?type=none", []),
        })
        {
            var page = Succeeded(await SendAsync(HttpMethod.Get, $"{Collection}/{id}/deliveries{query}"));
            Assert.That(page.Body!["items"]!.AsArray().Select(i => Array.IndexOf(events, i!["eventId"]!.GetValue<Guid>())), Is.EqualTo(expected), query);
            Assert.That(page.Body["_meta"]!["totalItems"]!.GetValue<int>(), Is.EqualTo(query.Contains("limit", StringComparison.Ordinal) ? 3 : expected.Length), query);
        }
        var one = Succeeded(await SendAsync(HttpMethod.Get, $"{Collection}/{id}/deliveries/{events[1]}"));
        Assert.That(one.Body!["log"]!.AsArray().Select(a => $"{a!["at"]} {a["status"]} {a["error"]} {a["durationMs"]}"), Is.EqualTo(new[] { "2026-11-23T08:30:00Z 503 refused 41", "2026-11-23T08:30:05Z 204  38" }));
        Assert.That(((string?)one.Body["type"], State(one), one.Body["attempts"]!.GetValue<int>(), one.Body["recordedAt"]!.ToString()), Is.EqualTo(("case-closed.v1", "pending", 2, "2026-11-23T08:32:00Z")));
        var health = (await SendAsync(HttpMethod.Get, $"{Collection}/{id}")).Body!;
        Assert.That((health["pending"]!.GetValue<int>(), health["oldestPending"]!.ToString()), Is.EqualTo((1, "2026-11-23T08:32:00Z")));
        Assert.That((await SendAsync(HttpMethod.Get, $"{Collection}/{Guid.NewGuid()}/deliveries")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("", 3)]
    [TestCase("?state=pending", 1)]
    [TestCase("?state=disabled", 1)]
    [TestCase("?state=ended", 1)]
    [TestCase("?limit=2&page=2", 1)]
    public async Task Subscriptions_are_listed_without_those_that_have_ended_unless_asked_for(string query, int expected)
    {
        foreach (var state in new[] { "pending", "active", "disabled", "ended" })
            await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar, state);

        var page = Succeeded(await SendAsync(HttpMethod.Get, Collection + query));

        Assert.That(page.Body!["items"]!.AsArray(), Has.Count.EqualTo(expected));
        Assert.That(page.Body["items"]!.AsArray().Select(i => i!["id"]!.ToString()), Is.Ordered.Descending);
        Assert.That((await SendAsync(HttpMethod.Get, Collection + "?state=Active")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task The_inbox_tells_of_what_is_disabled_or_has_failed_for_more_than_a_day_and_of_nothing_else()
    {
        var now = _host.Clock.GetUtcNow();
        var ids = new Dictionary<string, Guid>();
        foreach (var (name, state, assignment) in new[]
        {
            ("well", "active", "failing_since = NULL"), ("hours", "active", $"failing_since = '{now.AddHours(-23):O}'"), ("days", "active", $"failing_since = '{now.AddHours(-25):O}'"),
            ("gone", "disabled", $"reason = 'gone', disabled_at = '{now.AddHours(-2):O}'"), ("given up", "disabled", $"reason = 'failing', disabled_at = '{now.AddDays(-3):O}', failing_since = '{now.AddDays(-8):O}'"),
            ("ended", "ended", $"failing_since = '{now.AddDays(-8):O}'"), ("pending", "pending", $"failing_since = '{now.AddDays(-8):O}'"),
        })
            await _rows.SetAsync(ids[name] = await _rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar, state), assignment + ", next_attempt_at = 'infinity'");
        await _rows.SubscriptionAsync(national ? "region:13" : "13", "halland-system", Halland, "disabled");

        var page = Succeeded(await SendAsync(HttpMethod.Get, Inbox));

        Assert.That(page.Body!["items"]!.AsArray().Select(m => $"{m!["kind"]} {m["reason"]} {ids.Single(i => i.Value == m["subscriptionId"]!.GetValue<Guid>()).Key}"),
            Is.EqualTo(new[] { "webhookDisabled gone gone", "webhookFailing  days", "webhookDisabled failing given up" }));
        Assert.That(page.Body["_meta"]!["totalItems"]!.GetValue<int>(), Is.EqualTo(3));
        foreach (var message in page.Body["items"]!.AsArray())
        {
            Assert.That((string?)message!["message"]!["sv"], Is.Not.Empty.And.Not.EqualTo((string?)message["message"]!["en"]));
            Succeeded(await SendAsync(HttpMethod.Get, message["_links"]!["subscription"]!["href"]!.ToString()));
        }
        Assert.That(page.Body["items"]!.AsArray().Select(m => (string?)m!["message"]!["en"]), Is.Unique);
    }

    [Test]
    public async Task Why_and_for_whom_is_said_nationally_and_has_no_place_in_a_regions_own_api()
    {
        if (!national)
        {
            var reader = await SubscribeAsync(new { url = Endpoint, reader = "08" });
            var made = Succeeded(await SubscribeAsync(new { url = Endpoint }, ("Purpose", "curiosity")));
            Assert.That(reader.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { "reader" }));
            Assert.That(await _rows.OfAsync(made.Id, "s.purpose"), Is.EqualTo(DBNull.Value));
            return;
        }
        var both = new DevelopmentClient("kalmar-and-group", TenantId: Group, Roles: ["handler", "coordinator"]);
        var purpose = await SendAsync(HttpMethod.Post, Collection, new { url = Endpoint });
        var unsaid = await SendAsync(both, HttpMethod.Post, Collection, new { url = Endpoint }, ("Purpose", "internalControl"));
        var notTheirs = await SendAsync(both, HttpMethod.Post, Collection, new { url = Endpoint, reader = "region:13" }, ("Purpose", "internalControl"));
        var said = await SendAsync(both, HttpMethod.Post, Collection, new { url = Endpoint, reader = "coordination" }, ("Purpose", "nationalCoordination"));

        Assert.That((string?)purpose.Body!["errors"]?["Purpose"]?[0]?["rule"], Is.EqualTo("purpose"), purpose.Text);
        Assert.That(new[] { unsaid, notTheirs }.Select(a => (string?)a.Body!["errors"]?["reader"]?[0]?["rule"]), Is.EqualTo(new[] { "required", "notYours" }));
        Assert.That((said.Status, (string?)said.Body!["owner"], (string?)said.Body["purpose"]), Is.EqualTo((HttpStatusCode.Created, "coordination", "nationalCoordination")), said.Text);
        Assert.That((await SendAsync(HttpMethod.Get, said.Location!)).Status, Is.EqualTo(HttpStatusCode.NotFound), "the region's own handler reads for the region alone");
        foreach (var client in new[] { new DevelopmentClient("supplier-reader", TenantId: Group, Roles: ["supplier"]), new DevelopmentClient("x", TenantId: Group, Roles: ["auditor"]) })
            Assert.That((await SendAsync(client, HttpMethod.Post, Collection, new { url = Endpoint }, ("Purpose", "internalControl"))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await _host.Database.ScalarAsync("SELECT count(*) FROM national_access_log"), Is.Zero, "nothing of other regions was given out");
    }

    private string Type => national ? "national-case-appeared.v1" : "case-opened.v1";

    private static string? Current(Answer secrets) => (string?)secrets.Body!["current"];

    private static string? State(Answer answer) => State(answer.Body);

    private static string? State(JsonNode? subscription) => (string?)subscription!["state"];

    private static Answer Succeeded(Answer answer) => RegionAtWork.Succeeded(answer);

    private Received[] Sent(string url) => [.. _receiver.Posts.Where(p => url.EndsWith(p.Path, StringComparison.Ordinal))];

    private static async Task EchoAsync(Received received, HttpContext http)
    {
        if (received.Event["data"]?["challenge"] is not { } challenge)
            return;
        http.Response.StatusCode = 200;
        await http.Response.WriteAsJsonAsync(new { challenge = challenge.ToString() });
    }

    /// <summary>An entry of the feed.</summary>
    /// <param name="place">Its transaction; the one that writes it where null.</param>
    private async Task RecordAsync(long sequence, DateTimeOffset at, int? place)
    {
        const string Stream = "0195f0a0-0000-7000-8000-000000000001";
        await _host.Database.ScalarAsync("INSERT INTO mt_streams (tenant_id, id, type, version, timestamp, created) VALUES ('08', $1, 'case', 1, now(), now()) ON CONFLICT (tenant_id, id) DO NOTHING", Guid.Parse(Stream));
        await _host.Database.ScalarAsync(
            national
                ? "INSERT INTO national_changes (seq_id, id, region, kind, object_id, type, audience, at, transaction_id) VALUES ($1, gen_random_uuid(), '13', 'case', gen_random_uuid(), 'x', '{regions}', $2, coalesce(nullif($3, '')::xid8, pg_current_xact_id()))"
                : $"INSERT INTO mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, transaction_id) VALUES ($1, gen_random_uuid(), '{Stream}', $1, '{{}}', 'x', $2, '08', coalesce(nullif($3, '')::xid8, pg_current_xact_id()))",
            sequence, at.UtcDateTime, place?.ToString(CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>Everything that can be done at an address of a subscription.</summary>
    private (HttpMethod Method, string Path, object? Body)[] Operations(Guid id, Guid delivery) =>
    [
        (HttpMethod.Get, $"{Collection}/{id}", null),
        (HttpMethod.Get, $"{Collection}/{id}/secrets", null),
        (HttpMethod.Get, $"{Collection}/{id}/deliveries", null),
        (HttpMethod.Get, $"{Collection}/{id}/deliveries/{delivery}", null),
        (HttpMethod.Put, $"{Collection}/{id}", new { url = Endpoint + "/changed" }),
        (HttpMethod.Post, $"{Collection}/{id}/secrets", new { }),
        (HttpMethod.Post, $"{Collection}/{id}/verifications", null),
        (HttpMethod.Post, $"{Collection}/{id}/deliveries/{delivery}/redeliveries", null),
        (HttpMethod.Post, $"{Collection}/{id}/redeliveries", new { since = "2026-01-01T00:00:00Z" }),
        (HttpMethod.Delete, $"{Collection}/{id}", null),
    ];

    private Task<Answer> SubscribeAsync(object body, params (string Name, string? Value)[] headers) =>
        SendAsync(HttpMethod.Post, Collection, body, [.. headers, .. national ? [("Purpose", (string?)"internalControl")] : Array.Empty<(string, string?)>()]);

    private Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string? Value)[] headers) => SendAsync(Subscriber, method, path, body, headers);

    private async Task<Answer> SendAsync(DevelopmentClient client, HttpMethod method, string path, object? body = null, params (string Name, string? Value)[] headers)
    {
        using var response = await RawAsync(client, method, path, body, headers);
        return await Answer.OfAsync(response);
    }

    private Task<HttpResponseMessage> RawAsync(HttpMethod method, string path) => RawAsync(Subscriber, method, path, null, []);

    private async Task<HttpResponseMessage> RawAsync(DevelopmentClient client, HttpMethod method, string path, object? body, (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", _host.Identity.Issue(client));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request);
    }
}
