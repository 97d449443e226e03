using System.Globalization;
using System.Net;
using Npgsql;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What a subscription has delivered, what is delivered again, and what somebody has to see to.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class WebhookLogTests(bool national) : WebhookFixture(national)
{
    [Test]
    public async Task One_entry_is_delivered_again_at_once_whoever_is_delivering()
    {
        var id = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        var delivered = await Rows.DeliveryAsync(Owner, id);
        var untouched = await Rows.DeliveryAsync(Owner, id, place: 2);
        await Rows.SetAsync(id, "lease_holder = gen_random_uuid(), lease_until = now() + INTERVAL '1 hour', next_attempt_at = now() + INTERVAL '1 hour'");
        var path = $"{Collection}/{id}/deliveries/{delivered}/redeliveries";

        var dry = await SendAsync(HttpMethod.Post, path + "?validateOnly=true");
        Assert.That((dry.Status, await Rows.StatesAsync(id), await Rows.OfAsync(id, "s.lease_holder IS NULL")), Is.EqualTo((HttpStatusCode.OK, "delivered, delivered", false)));
        var answer = Succeeded(await SendAsync(HttpMethod.Post, path, null, ("Idempotency-Key", $"again-{National}")));

        Assert.That((State(answer), answer.Body!["eventId"]!.GetValue<Guid>(), answer.Body["nextAttemptAt"] is null, answer.ETag), Is.EqualTo(("pending", delivered, false, (string?)null)));
        Assert.That(await Rows.StatesAsync(id), Is.EqualTo("pending due, delivered"), $"{untouched} stays");
        Assert.That(await Rows.OfDeliveryAsync(delivered, "d.attempts || ' ' || jsonb_array_length(d.log)"), Is.EqualTo("2 2"), "what was tried stays in the log");
        Assert.That(await Rows.OfAsync(id, "s.lease_holder IS NULL AND s.lease_until < clock_timestamp() AND s.next_attempt_at IS NULL"), Is.True);
        await Rows.SetAsync(id, "lease_holder = gen_random_uuid()");
        Succeeded(await SendAsync(HttpMethod.Post, path, null, ("Idempotency-Key", $"again-{National}")));
        Assert.That(await Rows.OfAsync(id, "s.lease_holder IS NULL"), Is.False, "a replay does nothing again");
        Assert.That((await SendAsync(HttpMethod.Post, $"{Collection}/{id}/deliveries/{Guid.NewGuid()}/redeliveries")).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task From_an_instant_on_everything_is_delivered_again_and_never_less_than_before()
    {
        var log = National ? "national_changes" : "mt_events";
        await Host.Database.ScalarAsync($"DELETE FROM {log}");
        var now = new Instant(Host.Clock.GetUtcNow()).Value;
        // The second and the third overtook each other: what was recorded first was committed last.
        foreach (var (place, age) in new[] { (10, 9), (20, 5), (30, 6), (40, 3) })
            await RecordAsync(place, now.AddMinutes(-10 * age), place);
        var id = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);

        foreach (var (minutes, before, expected) in new[]
        {
            (100, "50/7", "10/9"), (61, "50/7", "20/19"), (55, "50/7", "20/19"), (31, "50/7", "40/39"),
            (31, "20/19", "20/19"), // never forward
            (0, "50/7", "50/7"), // nothing was recorded since
        })
        {
            await Rows.SetAsync(id, $"position_transaction = '{before.Split('/')[0]}', position_sequence = {before.Split('/')[1]}, lease_holder = gen_random_uuid(), lease_until = now() + INTERVAL '1 hour'");
            var answer = Succeeded(await SendAsync(HttpMethod.Post, $"{Collection}/{id}/redeliveries", new { since = now.AddMinutes(-minutes) }));
            Assert.That(await Rows.OfAsync(id, "s.position_transaction::text || '/' || s.position_sequence"), Is.EqualTo(expected), $"{minutes} minutes ago, from {before}");
            Assert.That(await Rows.OfAsync(id, "s.lease_holder IS NULL AND s.lease_until < clock_timestamp()"), Is.EqualTo(before != expected));
            Assert.That(answer.ETag, Is.Null);
        }
        var since = Succeeded(await SubscribeAsync(new { url = Endpoint, since = now.AddMinutes(-55) }));
        Assert.That(await Rows.OfAsync(since.Id, "s.position_transaction::text || '/' || s.position_sequence"), Is.EqualTo("20/19"), "a subscription may begin there too");
        var future = await SendAsync(HttpMethod.Post, $"{Collection}/{id}/redeliveries", new { since = now.AddMinutes(5) });
        Assert.That((future.Status, (string?)future.Body!["errors"]!["since"]![0]!["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "inTheFuture")));
        await Host.Database.ScalarAsync($"DELETE FROM {log}");
    }

    [Test]
    public async Task What_an_older_transaction_has_not_committed_yet_comes_after_the_place()
    {
        await using var connection = new NpgsqlConnection(Host.Database.Superuser);
        await connection.OpenAsync();
        await using var older = await connection.BeginTransactionAsync();
        await using var begun = new NpgsqlCommand("SELECT pg_current_xact_id()", connection, older);
        var transaction = (ulong)(await begun.ExecuteScalarAsync())!;
        var since = Host.Clock.GetUtcNow();
        await Host.Database.ScalarAsync(National ? "DELETE FROM national_changes" : "DELETE FROM mt_events");
        await RecordAsync(1, since, place: null);

        var fromNowOn = Succeeded(await SubscribeAsync(new { url = Endpoint }));
        var fromThen = Succeeded(await SubscribeAsync(new { url = Endpoint, since }));
        var again = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        await Rows.SetAsync(again, "position_transaction = '9000000000000'");
        Succeeded(await SendAsync(HttpMethod.Post, $"{Collection}/{again}/redeliveries", new { since }));

        foreach (var id in new[] { fromNowOn.Id, fromThen.Id, again })
            Assert.That(ulong.Parse((string)(await Rows.OfAsync(id, "s.position_transaction::text"))!, CultureInfo.InvariantCulture), Is.LessThanOrEqualTo(transaction));
        await older.RollbackAsync();
    }

    [Test]
    public async Task Deliveries_are_listed_latest_first_with_their_attempts()
    {
        var id = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        Guid[] events = [await Rows.DeliveryAsync(Owner, id), await Rows.DeliveryAsync(Owner, id, "pending", 2, "case-closed.v1"), await Rows.DeliveryAsync(Owner, id, place: 3, type: "case-closed.v1")];
        await Rows.DeliveryAsync(Owner, await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar));

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

    /// <summary>They tell of other regions' cases, and were logged as read by the client that subscribed.</summary>
    [Test]
    public async Task Nationally_deliveries_are_for_the_client_that_subscribed_alone()
    {
        var id = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar);
        var delivery = await Rows.DeliveryAsync(Owner, id);

        foreach (var other in new[] { Subscriber with { ClientId = "kalmar-other" }, Subscriber with { TenantId = Group } })
        {
            foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Get, $"/{delivery}"), (HttpMethod.Get, $"/{Guid.NewGuid()}"), (HttpMethod.Post, $"/{delivery}/redeliveries") })
            {
                var answer = await SendAsync(other, method, $"{Collection}/{id}/deliveries{path}");
                Assert.That(answer.Status == HttpStatusCode.Forbidden, Is.EqualTo(National), $"{other.ClientId} {method} {path}: {answer.Text}");
            }
            Succeeded(await SendAsync(other, HttpMethod.Get, $"{Collection}/{id}"));
        }
        Succeeded(await SendAsync(HttpMethod.Get, $"{Collection}/{id}/deliveries"));
        Succeeded(await SendAsync(HttpMethod.Get, $"{Collection}/{id}/deliveries/{delivery}"));
    }

    [Test]
    public async Task The_inbox_tells_of_what_is_disabled_has_failed_for_more_than_a_day_or_is_about_to_lapse_and_of_nothing_else()
    {
        var now = Host.Clock.GetUtcNow();
        var ids = new Dictionary<string, Guid>();
        foreach (var (name, state, assignment) in new[]
        {
            ("well", "active", "failing_since = NULL"), ("hours", "active", $"failing_since = '{now.AddHours(-23):O}'"), ("days", "active", $"failing_since = '{now.AddHours(-25):O}'"),
            ("gone", "disabled", $"reason = 'gone', disabled_at = '{now.AddHours(-2):O}'"), ("given up", "disabled", $"reason = 'failing', disabled_at = '{now.AddDays(-3):O}', failing_since = '{now.AddDays(-8):O}'"),
            ("not renewed", "disabled", $"reason = 'notRenewed', verified_at = '{now.AddDays(-91):O}', disabled_at = '{now.AddDays(-1):O}'"),
            ("lapsing", "active", $"verified_at = '{now.AddDays(-80):O}', failing_since = '{now.AddHours(-2):O}'"), ("verified", "active", $"verified_at = '{now.AddDays(-75):O}'"),
            ("ended", "ended", $"failing_since = '{now.AddDays(-8):O}'"), ("pending", "pending", $"failing_since = '{now.AddDays(-8):O}'"),
            ("held up", "active", $"failing_since = '{now.AddHours(-1):O}'"), ("waiting", "active", "failing_since = NULL"),
        })
            await Rows.SetAsync(ids[name] = await Rows.SubscriptionAsync(Owner, "kalmar-system", Kalmar, state), assignment + ", next_attempt_at = 'infinity'");
        await Rows.SubscriptionAsync(National ? "region:13" : "13", "halland-system", Halland, "disabled");
        foreach (var (name, state, hours) in new[] { ("held up", "pending", 30), ("held up", "pending", 2), ("waiting", "pending", 23), ("waiting", "delivered", 30) })
        {
            var delivery = await Rows.DeliveryAsync(Owner, ids[name], state);
            await Host.Database.ScalarAsync($"UPDATE {(National ? "national_" : "")}webhook_deliveries SET event_at = $1 WHERE event_id = $2", now.AddHours(-hours).UtcDateTime, delivery);
        }

        var page = Succeeded(await SendAsync(HttpMethod.Get, Inbox));

        Assert.That(page.Body!["items"]!.AsArray().Select(m => $"{m!["kind"]} {m["reason"]} {ids.Single(i => i.Value == m["subscriptionId"]!.GetValue<Guid>()).Key}"),
            Is.EqualTo(new[] { "webhookDisabled gone gone", "webhookDisabled notRenewed not renewed", "webhookFailing  days", "webhookHeldUp  held up", "webhookDisabled failing given up", "webhookLapsing  lapsing" }));
        Assert.That(page.Body["_meta"]!["totalItems"]!.GetValue<int>(), Is.EqualTo(6));
        Assert.That(page.Body["items"]![5]!["since"]!.GetValue<DateTimeOffset>(), Is.EqualTo(now.AddDays(-4)).Within(TimeSpan.FromMilliseconds(1)));
        foreach (var message in page.Body["items"]!.AsArray())
        {
            Assert.That((string?)message!["message"]!["sv"], Is.Not.Empty.And.Not.EqualTo((string?)message["message"]!["en"]));
            Succeeded(await SendAsync(HttpMethod.Get, message["_links"]!["subscription"]!["href"]!.ToString()));
        }
        Assert.That(page.Body["items"]!.AsArray().Select(m => (string?)m!["message"]!["en"]), Is.Unique);
    }

    /// <summary>An entry of the feed.</summary>
    /// <param name="place">Its transaction; the one that writes it where null.</param>
    private async Task RecordAsync(long sequence, DateTimeOffset at, int? place)
    {
        const string Stream = "0195f0a0-0000-7000-8000-000000000001";
        await Host.Database.ScalarAsync("INSERT INTO mt_streams (tenant_id, id, type, version, timestamp, created) VALUES ('08', $1, 'case', 1, now(), now()) ON CONFLICT (tenant_id, id) DO NOTHING", Guid.Parse(Stream));
        await Host.Database.ScalarAsync(
            National
                ? "INSERT INTO national_changes (seq_id, id, region, kind, object_id, type, audience, at, transaction_id) VALUES ($1, gen_random_uuid(), '13', 'case', gen_random_uuid(), 'x', '{regions}', $2, coalesce(nullif($3, '')::xid8, pg_current_xact_id()))"
                : $"INSERT INTO mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, transaction_id) VALUES ($1, gen_random_uuid(), '{Stream}', $1, '{{}}', 'x', $2, '08', coalesce(nullif($3, '')::xid8, pg_current_xact_id()))",
            sequence, at.UtcDateTime, place?.ToString(CultureInfo.InvariantCulture) ?? "");
    }
}
