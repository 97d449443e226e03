using System.Net;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A retry gets its first answer, and nothing happens twice.</summary>
public sealed class IdempotencyTests : KalmarFixture
{
    public enum Kind
    {
        Deviation,
        Case,
        CaseCommand,
        DeviationCommand,
        Contract,
    }

    [Test]
    public async Task The_same_key_again_gives_the_same_answer_and_no_second_event([Values] Kind kind)
    {
        var send = await RequestAsync(kind);
        var first = await send("handler");
        var before = await Host.Database.FingerprintAsync();
        var again = await send("handler");

        Assert.That((int)first.Status, Is.InRange(200, 201), first.Text);
        AssertSame(again, first);
        Assert.That(first.ETag, Is.Not.Null);
        Assert.That(await Host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task The_same_key_ten_times_at_once_gives_ten_times_the_same_answer_and_one_event([Values] Kind kind)
    {
        var send = await RequestAsync(kind);
        var before = await CountAsync("mt_events");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => send("handler")));

        Assert.That((int)answers[0].Status, Is.InRange(200, 201), answers[0].Text);
        foreach (var answer in answers)
            AssertSame(answer, answers[0]);
        // Opening a case also tells the deviation that it belongs to one.
        Assert.That(await CountAsync("mt_events") - before, Is.EqualTo(kind == Kind.Case ? 3 : 1));
    }

    [Test]
    public async Task A_key_with_another_body_or_path_or_query_is_refused()
    {
        var contract = await Kalmar.ContractAsync();
        var key = Key();
        var body = Bodies.Deviation(contract, 3, Host.Clock.GetUtcNow());
        var first = await Kalmar.PostAsync("deviations", body, headers: key);
        var before = await Host.Database.FingerprintAsync();

        var refused = new[]
        {
            await Kalmar.PostAsync("deviations", Bodies.Deviation(contract, 4, Host.Clock.GetUtcNow()), headers: key),
            await Kalmar.PostAsync("deviations?validateOnly=false", body, headers: key),
            await Kalmar.PostAsync($"deviations/{first.Id}/assessments", Bodies.Assessment("deviation"), headers: [key, ("If-Match", first.ETag)]),
            await Kalmar.SendAsync("handler", HttpMethod.Put, $"contracts/{contract}", Bodies.Contract(title: "Annan titel"), key),
        };

        Assert.That(refused.Select(r => (r.Status, r.Code)), Is.All.EqualTo((HttpStatusCode.UnprocessableEntity, "idempotencyKeyReused")));
        Assert.That(await Host.Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Another_client_or_another_region_may_use_the_same_key()
    {
        using var halland = new RegionAtWork(Host, "13", "halland");
        var key = Key();
        var inKalmar = Bodies.Deviation(await Kalmar.ContractAsync(), 3, Host.Clock.GetUtcNow());
        var inHalland = Bodies.Deviation(await halland.ContractAsync(), 3, Host.Clock.GetUtcNow());

        var answers = new[]
        {
            await Kalmar.PostAsync("deviations", inKalmar, "handler", key),
            await Kalmar.PostAsync("deviations", inKalmar, "decider", key),
            await Kalmar.PostAsync("deviations", inKalmar, "integrator", key),
            await halland.PostAsync("deviations", inHalland, "handler", key),
        };

        Assert.That(answers.Select(a => a.Status), Is.All.EqualTo(HttpStatusCode.Created));
        Assert.That(answers.Select(a => a.Id), Is.Unique);
    }

    [Test]
    public async Task What_was_rejected_can_be_tried_again_with_the_same_key()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var evidence = (await Kalmar.GetAsync($"cases/{id}")).Body!["deviations"]!.AsArray().Select(d => d!["id"]!.GetValue<Guid>()).ToArray();
        var body = Bodies.Closure("resolved", "deviation", evidence[0], "contractOwner");
        var key = Key();
        var close = async () => await Kalmar.PostAsync($"cases/{id}/closures", body, "decider", key, ("If-Match", (await Kalmar.GetAsync($"cases/{id}")).ETag));

        var rejected = await close();
        foreach (var deviation in evidence)
            await Kalmar.ResolveAsync(deviation);
        foreach (var activity in new[] { "increasedDialogue", "factFinding" })
            await Kalmar.DoneAsync(id, "activities", Bodies.Activity(activity, Host.Clock.GetUtcNow()));
        await Kalmar.EvaluatedPlanAsync(id, "effective");
        var closed = await close();
        var again = await close();

        Assert.That((rejected.Status, rejected.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-Z1")));
        Assert.That((closed.Status, (string?)closed.Body!["state"]), Is.EqualTo((HttpStatusCode.OK, "closed")), closed.Text);
        AssertSame(again, closed);
    }

    [Test]
    public async Task A_key_spoiled_by_a_missing_or_stale_version_is_still_free()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var body = Bodies.Activity("factFinding", Host.Clock.GetUtcNow());
        var key = Key();

        var missing = await Kalmar.PostAsync($"cases/{id}/activities", body, headers: key);
        var stale = await Kalmar.PostAsync($"cases/{id}/activities", body, headers: [key, ("If-Match", "\"1\"")]);
        var current = await Kalmar.PostAsync($"cases/{id}/activities", body, headers: [key, ("If-Match", (await Kalmar.GetAsync($"cases/{id}")).ETag)]);

        Assert.That(new[] { missing.Status, stale.Status, current.Status },
            Is.EqualTo(new[] { HttpStatusCode.PreconditionRequired, HttpStatusCode.PreconditionFailed, HttpStatusCode.OK }));
    }

    [Test]
    public async Task A_retry_with_the_version_it_had_then_gets_its_first_answer_and_not_412()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var then = (await Kalmar.GetAsync($"cases/{id}")).ETag;
        var body = Bodies.Activity("factFinding", Host.Clock.GetUtcNow());
        var key = Key();
        var first = await Kalmar.PostAsync($"cases/{id}/activities", body, headers: [key, ("If-Match", then)]);
        await Kalmar.DoneAsync(id, "activities", Bodies.Activity("increasedDialogue", Host.Clock.GetUtcNow()));

        var retry = await Kalmar.PostAsync($"cases/{id}/activities", body, headers: [key, ("If-Match", then)]);
        var withoutKey = await Kalmar.PostAsync($"cases/{id}/activities", body, headers: ("If-Match", then));

        AssertSame(retry, first);
        Assert.That(withoutKey.Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
    }

    [Test]
    public async Task A_dry_run_keeps_nothing_not_even_the_key()
    {
        var body = Bodies.Deviation(await Kalmar.ContractAsync(), 3, Host.Clock.GetUtcNow());
        var key = Key();
        var before = await Host.Database.FingerprintAsync();

        var dry = await Kalmar.PostAsync("deviations?validateOnly=true", body, headers: key);
        var after = await Host.Database.FingerprintAsync();
        var real = await Kalmar.PostAsync("deviations", body, headers: key);
        var dryAgain = await Kalmar.PostAsync("deviations?validateOnly=true", body, headers: key);

        Assert.That((dry.Status, dry.Text, after), Is.EqualTo((HttpStatusCode.OK, """{"valid":true}""", before)));
        Assert.That(real.Status, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(dryAgain.Text, Is.EqualTo("""{"valid":true}"""), "a dry run asks what would happen, not what has happened");
    }

    [Test]
    public async Task After_24_hours_the_key_is_free_again()
    {
        await using var host = await TestHost.StartAsync();
        using var kalmar = new RegionAtWork(host);
        var contract = await kalmar.ContractAsync();
        var body = Bodies.Deviation(contract, 3, host.Clock.GetUtcNow());
        var key = Key();

        var first = await kalmar.PostAsync("deviations", body, headers: key);
        host.Clock.Move(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));
        var within = await kalmar.PostAsync("deviations", body, headers: key);
        host.Clock.Move(TimeSpan.FromMinutes(2));
        var after = await kalmar.PostAsync("deviations", Bodies.Deviation(contract, 4, host.Clock.GetUtcNow()), headers: key);
        var again = await kalmar.PostAsync("deviations", body, headers: key);

        AssertSame(within, first);
        Assert.That(after.Status, Is.EqualTo(HttpStatusCode.Created), after.Text);
        Assert.That(after.Id, Is.Not.EqualTo(first.Id));
        Assert.That(again.Code, Is.EqualTo("idempotencyKeyReused"), "the key now belongs to the second request");
    }

    [Test]
    public async Task An_expired_key_used_ten_times_at_once_makes_one_event()
    {
        await using var host = await TestHost.StartAsync();
        using var kalmar = new RegionAtWork(host);
        var body = Bodies.Deviation(await kalmar.ContractAsync(), 3, host.Clock.GetUtcNow());
        var key = Key();
        await kalmar.PostAsync("deviations", body, headers: key);
        host.Clock.Move(TimeSpan.FromHours(25));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => kalmar.PostAsync("deviations", body, headers: key)));

        foreach (var answer in answers)
            AssertSame(answer, answers[0]);
        Assert.That(await host.Database.ScalarAsync("SELECT count(*) FROM mt_events WHERE type = 'deviation-reported.v1'"), Is.EqualTo(2L));
    }

    /// <summary>A request with a key of its own, to be sent as often as wanted, that succeeds.</summary>
    private async Task<Func<string, Task<Answer>>> RequestAsync(Kind kind)
    {
        var key = Key();
        switch (kind)
        {
            case Kind.Deviation:
                var deviation = Bodies.Deviation(await Kalmar.ContractAsync(), 3, Host.Clock.GetUtcNow());
                return role => Kalmar.PostAsync("deviations", deviation, role, key);
            case Kind.Case:
                var contract = await Kalmar.ContractAsync();
                var opening = Bodies.Case(contract, [await Kalmar.DeviationAsync(contract)]);
                return role => Kalmar.PostAsync("cases", opening, role, key);
            case Kind.CaseCommand:
                var id = await Kalmar.CaseAtAsync(0);
                var etag = (await Kalmar.GetAsync($"cases/{id}")).ETag;
                var activity = Bodies.Activity("supplierDialogue", Host.Clock.GetUtcNow());
                return role => Kalmar.PostAsync($"cases/{id}/activities", activity, role, key, ("If-Match", etag));
            case Kind.DeviationCommand:
                var assessed = await Kalmar.DeviationAsync(await Kalmar.ContractAsync(), severity: null);
                return role => Kalmar.PostAsync($"deviations/{assessed}/assessments", Bodies.Assessment("deviation"), role, key, ("If-Match", "\"1\""));
            default:
                var number = $"I-{Guid.NewGuid():N}";
                return role => Kalmar.SendAsync(role, HttpMethod.Put, $"contracts/{number}", Bodies.Contract(), key);
        }
    }

    private static (string Name, string? Value) Key() => (Idempotency.Header, Guid.NewGuid().ToString());

    private async Task<long> CountAsync(string table) => (long)(await Host.Database.ScalarAsync($"SELECT count(*) FROM {table}"))!;

    private static void AssertSame(Answer answer, Answer first) => Assert.That(
        (answer.Status, answer.Text, answer.ETag, answer.Location, answer.MediaType),
        Is.EqualTo((first.Status, first.Text, first.ETag, first.Location, first.MediaType)));
}
