using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Host.Development;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Webhook subscriptions: made, read, changed, verified and ended.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class WebhookSubscriptionTests(bool national) : WebhookFixture(national)
{
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
        Assert.That(made.Body!["purpose"]?.ToString(), Is.EqualTo(National ? "internalControl" : null), "it is kept nationally, and a region's own feed has none");
        Assert.That(await Rows.OfAsync(made.Id, "s.directory || ' ' || (s.position_transaction <= pg_snapshot_xmin(pg_current_snapshot()))"), Is.EqualTo($"{Kalmar} true"));
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
        Assert.That(await Rows.CountAsync("true"), Is.EqualTo(1));
    }

    /// <summary>One client id may be known to several directories, and the same request for another purpose is another.</summary>
    [Test]
    public async Task A_key_is_of_one_directory_and_of_one_purpose()
    {
        if (!National)
            return;
        var (key, purpose) = (("Idempotency-Key", (string?)"of-one-directory"), ("Purpose", (string?)"internalControl"));
        var first = Succeeded(await SendAsync(Subscriber, HttpMethod.Post, Collection, new { url = Endpoint }, key, purpose));
        var elsewhere = Succeeded(await SendAsync(Subscriber with { TenantId = Group }, HttpMethod.Post, Collection, new { url = Endpoint }, key, purpose));
        var again = await SendAsync(Subscriber, HttpMethod.Post, Collection, new { url = Endpoint }, key, purpose);
        var forAnother = await SendAsync(Subscriber, HttpMethod.Post, Collection, new { url = Endpoint }, key, ("Purpose", "contractFollowUp"));

        Assert.That((elsewhere.Id == first.Id, again.Text == first.Text), Is.EqualTo((false, true)));
        Assert.That(await Rows.CountAsync("true"), Is.EqualTo(2));
        Assert.That((forAnother.Status, forAnother.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "idempotencyKeyReused")));
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
        var future = await SubscribeAsync(new { url = Endpoint, since = Host.Clock.GetUtcNow().AddMinutes(5) });

        Assert.That((type.Status, type.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "unknownType")), type.Text);
        Assert.That((future.Status, (string?)future.Body!["errors"]!["since"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "inTheFuture")), future.Text);
        Assert.That(await Rows.CountAsync("true"), Is.Zero);
    }

    [Test]
    public async Task Twenty_at_most_however_many_come_at_once_and_one_that_ended_makes_room()
    {
        var first = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => SubscribeAsync(new { url = Endpoint })));

        Assert.That(answers.GroupBy(a => $"{(int)a.Status} {a.Reason}").Select(g => $"{g.Key}: {g.Count()}"), Is.EquivalentTo(new[] { "201 : 19", "422 tooMany: 11" }));
        Assert.That(await Rows.CountAsync("s.state <> 'ended'"), Is.EqualTo(20));
        Succeeded(await SendAsync(HttpMethod.Delete, first.Location!, null, ("If-Match", first.ETag)));
        Assert.That((await SubscribeAsync(new { url = Endpoint })).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Only_those_who_manage_them_may()
    {
        var id = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        (string Role, bool Reads, bool Manages)[] expected = National
            ? [("reader", false, false), ("handler", true, true), ("decider", true, true), ("integrator", false, false)]
            : [("reader", true, false), ("handler", true, false), ("decider", true, false), ("integrator", true, true)];
        foreach (var (role, reads, manages) in expected)
        {
            var client = new DevelopmentClient($"kalmar-{role}-x", TenantId: Kalmar, Roles: [role]);
            foreach (var path in new[] { Collection, $"{Collection}/{id}", $"{Collection}/{id}/deliveries", Inbox })
                Assert.That((await SendAsync(client, HttpMethod.Get, path)).Status, Is.EqualTo(reads && !(National && path.EndsWith("deliveries", StringComparison.Ordinal)) ? HttpStatusCode.OK : HttpStatusCode.Forbidden), $"{path} as {role}");
            var subscribed = await SendAsync(client, HttpMethod.Post, Collection + "?validateOnly=true", new { url = Endpoint }, ("Purpose", "internalControl"));
            Assert.That(subscribed.Status, Is.EqualTo(manages ? HttpStatusCode.OK : HttpStatusCode.Forbidden), role);
        }
    }

    [Test]
    public async Task To_another_owner_there_is_nothing_at_any_address()
    {
        var id = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        var delivery = await Rows.DeliveryAsync(Owner, id);
        var other = new DevelopmentClient("halland-system", TenantId: Halland, Roles: ["handler", "integrator"]);
        var collection = Collection.Replace("/08/", "/13/", StringComparison.Ordinal);
        var before = await Host.Database.FingerprintAsync();

        foreach (var (method, path, body) in Operations(id, delivery))
        {
            var answer = await SendAsync(other, method, path.Replace(Collection, collection, StringComparison.Ordinal), body, ("If-Match", "\"1\""));
            Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.NotFound), $"{method} {path}");
        }
        Assert.That((await SendAsync(other, HttpMethod.Get, collection)).Body!["_meta"]!["totalItems"]!.GetValue<int>(), Is.Zero);
        Assert.That(await Host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Only_the_client_that_subscribed_may_say_where_it_goes_and_any_of_the_owners_may_stop_it()
    {
        var url = Receiver.Url($"/{Guid.NewGuid()}");
        Receiver.Answer = EchoAsync;
        var made = Succeeded(await SubscribeAsync(new { url }));
        var delivery = await Rows.DeliveryAsync(Owner, made.Id);
        DevelopmentClient[] others = [Subscriber with { ClientId = "kalmar-other" }, Subscriber with { TenantId = Group }];
        var before = await Host.Database.FingerprintAsync();

        foreach (var other in others)
        {
            foreach (var (method, path, body) in Operations(made.Id, delivery).Where(o => o.Method == HttpMethod.Put || (o.Method == HttpMethod.Post && o.Path.EndsWith("/secrets", StringComparison.Ordinal)) || o.Path.EndsWith("/verifications", StringComparison.Ordinal)))
            {
                foreach (var address in new[] { path, path + "?validateOnly=true" })
                    Assert.That((await SendAsync(other, method, address, body, ("If-Match", made.ETag))).Status, Is.EqualTo(HttpStatusCode.Forbidden), $"{method} {address} as {other}");
            }
            Assert.That((await SendAsync(other, HttpMethod.Get, made.Location!)).Status, Is.EqualTo(HttpStatusCode.OK));
        }
        Assert.That((await Host.Database.FingerprintAsync(), Sent(url).Length), Is.EqualTo((before, 0)));

        var one = await SendAsync(others[0], HttpMethod.Post, $"{made.Location}/deliveries/{delivery}/redeliveries");
        Assert.That(one.Status, Is.EqualTo(National ? HttpStatusCode.Forbidden : HttpStatusCode.OK), "its answer is the delivery, which nationally is the subscriber's alone");
        Succeeded(await SendAsync(others[0], HttpMethod.Post, $"{made.Location}/redeliveries", new { since = "2026-01-01T00:00:00Z" }));
        Assert.That(State(Succeeded(await SendAsync(others[1], HttpMethod.Delete, made.Location!, null, ("If-Match", made.ETag)))), Is.EqualTo("ended"));
    }

    [Test]
    public async Task A_change_takes_the_version_that_was_seen_and_another_address_is_verified_anew()
    {
        var made = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        await Rows.SetAsync(made.Id, "state = 'active', verified_at = now(), failing_since = now(), lease_holder = gen_random_uuid(), lease_until = now() + INTERVAL '1 hour'");
        var place = await Rows.OfAsync(made.Id, "s.position_transaction::text || '/' || s.position_sequence");

        var missing = await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" });
        var stale = await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" }, ("If-Match", "\"7\""));
        var described = Succeeded(await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" }, ("If-Match", "\"1\"")));
        Assert.That((missing.Status, stale.Status), Is.EqualTo((HttpStatusCode.PreconditionRequired, HttpStatusCode.PreconditionFailed)));
        Assert.That((described.ETag, State(described), described.Body!["failingSince"] is null), Is.EqualTo(("\"2\"", "active", false)));
        Assert.That(await Rows.OfAsync(made.Id, "s.lease_holder IS NULL AND s.lease_until < clock_timestamp()"), Is.True, "whoever delivers by what was before writes nothing down");

        var same = Succeeded(await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint, description = "A" }, ("If-Match", "\"2\"")));
        Assert.That((same.ETag, await Rows.OfAsync(made.Id, "s.version")), Is.EqualTo(("\"2\"", 2L)), "the same content is no change");
        var moved = Succeeded(await SendAsync(HttpMethod.Put, made.Location!, new { url = Endpoint + "/new", types = new[] { Type } }, ("If-Match", "\"2\"")));
        Assert.That((moved.ETag, State(moved), moved.Body!["verifiedAt"], moved.Body["failingSince"], moved.Body["description"]), Is.EqualTo(("\"3\"", "pending", (object?)null, (object?)null, (object?)null)));
        Assert.That(JsonNode.DeepEquals((await SendAsync(HttpMethod.Get, made.Location!)).Body, moved.Body), Is.True);
        Assert.That(await Rows.OfAsync(made.Id, "s.position_transaction::text || '/' || s.position_sequence"), Is.EqualTo(place), "nothing is lost meanwhile");
    }

    [Test]
    public async Task What_has_ended_delivers_no_more_and_its_log_can_be_read()
    {
        var made = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        var delivered = await Rows.DeliveryAsync(Owner, made.Id);
        await Rows.DeliveryAsync(Owner, made.Id, "pending", 2);
        Assert.That((await SendAsync(HttpMethod.Get, made.Location!)).Body!["pending"]!.GetValue<int>(), Is.EqualTo(1));

        var ended = Succeeded(await SendAsync(HttpMethod.Delete, made.Location!, null, ("If-Match", "\"1\"")));

        Assert.That((State(ended), ended.Body!["pending"]!.GetValue<int>(), ended.Body["oldestPending"]), Is.EqualTo(("ended", 0, (object?)null)));
        Assert.That(await Rows.StatesAsync(made.Id), Is.EqualTo("delivered"));
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

        Host.Clock.Move(TimeSpan.FromHours(2));
        var after = await SendAsync(HttpMethod.Get, path);
        Assert.That((Current(after), after.Body!["previous"]), Is.EqualTo((Current(both), (object?)null)));
        Succeeded(await SendAsync(HttpMethod.Post, path, new { }, ("If-Match", "\"2\"")));
        Assert.That((await SendAsync(HttpMethod.Get, path)).Body!["previous"], Is.Not.Null);
        var leaked = await SendAsync(HttpMethod.Post, path, new { overlapHours = 0 }, ("If-Match", "\"3\""));
        var alone = await SendAsync(HttpMethod.Get, path);
        Assert.That((leaked.Status, leaked.Body!["secretGeneration"]!.GetValue<int>()), Is.EqualTo((HttpStatusCode.OK, 4)), leaked.Text);
        Assert.That((Current(alone) == Current(both), alone.Body!["previous"], alone.Body["previousUntil"]), Is.EqualTo((false, (object?)null, (object?)null)));
        Assert.That((await SendAsync(HttpMethod.Post, path, new { overlapHours = -1 }, ("If-Match", "\"4\""))).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));

        var everything = await WebhookRows.EverythingAsync(Host.Database);
        Assert.That(everything, Does.Contain(made.Id.ToString()).And.Contain("kalmar-system"), "the search sees the rows");
        foreach (var secret in new[] { Current(first)!, Current(both)! }.Select(s => s["whsec_".Length..].TrimEnd('=')))
        {
            var hex = Convert.ToHexStringLower(Convert.FromBase64String(secret + "="));
            Assert.That(everything, Does.Not.Contain(secret).And.Not.Contain(hex));
            Assert.That(Log.Written.Where(line => line.Contains(secret, StringComparison.Ordinal) || line.Contains(hex, StringComparison.Ordinal)), Is.Empty);
            foreach (var answer in new[] { made, rotated, await SendAsync(HttpMethod.Get, made.Location!), await SendAsync(HttpMethod.Get, Collection), tooEarly })
                Assert.That(answer.Text, Does.Not.Contain(secret));
        }
        using var raw = await RawAsync(HttpMethod.Get, path);
        Assert.That(raw.Headers.CacheControl?.ToString(), Is.EqualTo("no-store"));
    }

    [Test]
    public async Task An_endpoint_that_echoes_the_challenge_makes_the_subscription_active_once()
    {
        Receiver.Answer = EchoAsync;
        var url = Receiver.Url($"/{Guid.NewGuid()}");
        var made = Succeeded(await SubscribeAsync(new { url }));
        await Rows.SetAsync(made.Id, "state = 'disabled', reason = 'failing', disabled_at = now(), failing_since = now()");
        await Rows.DeliveryAsync(Owner, made.Id, "pending");
        var path = made.Location + "/verifications";

        var dry = await SendAsync(HttpMethod.Post, path + "?validateOnly=true", null, ("If-Match", "\"1\""));
        var stale = await SendAsync(HttpMethod.Post, path, null, ("If-Match", "\"9\""));
        Assert.That((dry.Status, State(dry.Body!["result"]), stale.Status), Is.EqualTo((HttpStatusCode.OK, "active", HttpStatusCode.PreconditionFailed)), dry.Text);
        Assert.That(Sent(url), Is.Empty);

        var verified = await SendAsync(HttpMethod.Post, path, null, ("If-Match", "\"1\""), ("Idempotency-Key", $"verify-{National}"));
        var again = await SendAsync(HttpMethod.Post, path, null, ("If-Match", "\"1\""), ("Idempotency-Key", $"verify-{National}"));
        Assert.That((verified.Status, State(verified), verified.ETag, again.Text), Is.EqualTo((HttpStatusCode.OK, "active", "\"2\"", verified.Text)), verified.Text);
        Assert.That((verified.Body!["reason"], verified.Body["disabledAt"], verified.Body["failingSince"], verified.Body["verifiedAt"] is null), Is.EqualTo(((object?)null, (object?)null, (object?)null, false)));
        Assert.That(await Rows.StatesAsync(made.Id), Is.Not.EqualTo("pending"), "what waited is due at once");
        Assert.That(verified.Body["renewBefore"]!.GetValue<DateTimeOffset>() - verified.Body["verifiedAt"]!.GetValue<DateTimeOffset>(), Is.EqualTo(TimeSpan.FromDays(90)));
        var message = Sent(url).Single(p => (string?)p.Event["type"] == "webhook-verification.v1");
        Assert.That((string?)message.Event["source"], Is.EqualTo(Collection.Replace("/webhook-subscriptions", "", StringComparison.Ordinal)), "sent once: a replay of the key sends nothing");

        await Rows.SetAsync(made.Id, "verified_at = now() - INTERVAL '80 days'");
        var renewed = await SendAsync(HttpMethod.Post, path, null, ("If-Match", (await SendAsync(HttpMethod.Get, made.Location!)).ETag));
        Assert.That((renewed.Status, State(renewed)), Is.EqualTo((HttpStatusCode.OK, "active")), renewed.Text);
        Assert.That(renewed.Body!["renewBefore"]!.GetValue<DateTimeOffset>(), Is.GreaterThanOrEqualTo(verified.Body["renewBefore"]!.GetValue<DateTimeOffset>()), "while it is active too");
        Succeeded(await SendAsync(HttpMethod.Delete, made.Location!, null, ("If-Match", (await SendAsync(HttpMethod.Get, made.Location!)).ETag)));
    }

    [TestCase("silent", "challengeNotEchoed")]
    [TestCase("another", "challengeNotEchoed")]
    [TestCase("redirect", "redirect")]
    [TestCase("refuses", "refused")]
    [TestCase("hangs", "timeout")]
    public async Task An_endpoint_that_does_not_want_it_leaves_the_subscription_as_it_was(string endpoint, string reason)
    {
        Receiver.Answer = async (received, http) =>
        {
            switch (endpoint)
            {
                case "another":
                    http.Response.StatusCode = 200;
                    await http.Response.WriteAsJsonAsync(new { challenge = new string('a', 64) });
                    break;
                case "redirect":
                    http.Response.StatusCode = 307;
                    http.Response.Headers.Location = Receiver.Url("/elsewhere");
                    break;
                case "refuses":
                    http.Response.StatusCode = 401;
                    break;
                case "hangs":
                    await Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    break;
            }
        };
        var made = Succeeded(await SubscribeAsync(new { url = Receiver.Url($"/{Guid.NewGuid()}") }));

        var answer = await SendAsync(HttpMethod.Post, made.Location + "/verifications", null, ("If-Match", "\"1\""));

        Assert.That((answer.Status, answer.Code, answer.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "webhook", reason)), answer.Text);
        Assert.That(await Rows.OfAsync(made.Id, "s.state || s.version"), Is.EqualTo("pending1"));
        Assert.That(Receiver.Posts.Where(p => p.Path == "/elsewhere"), Is.Empty);
    }

    [TestCase("", 3)]
    [TestCase("?state=pending", 1)]
    [TestCase("?state=disabled", 1)]
    [TestCase("?state=ended", 1)]
    [TestCase("?limit=2&page=2", 1)]
    public async Task Subscriptions_are_listed_without_those_that_have_ended_unless_asked_for(string query, int expected)
    {
        foreach (var state in new[] { "pending", "active", "disabled", "ended" })
            await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar, state);

        var page = Succeeded(await SendAsync(HttpMethod.Get, Collection + query));

        Assert.That(page.Body!["items"]!.AsArray(), Has.Count.EqualTo(expected));
        Assert.That(page.Body["items"]!.AsArray().Select(i => i!["id"]!.ToString()), Is.Ordered.Descending);
        Assert.That((await SendAsync(HttpMethod.Get, Collection + "?state=Active")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task Why_and_for_whom_is_said_nationally_and_has_no_place_in_a_regions_own_api()
    {
        if (!National)
        {
            var reader = await SubscribeAsync(new { url = Endpoint, reader = "08" });
            var made = Succeeded(await SubscribeAsync(new { url = Endpoint }, ("Purpose", "curiosity")));
            Assert.That(reader.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { "reader" }));
            Assert.That(await Rows.OfAsync(made.Id, "s.purpose"), Is.EqualTo(DBNull.Value));
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
        Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM national_access_log"), Is.Zero, "nothing of other regions was given out");
    }
}
