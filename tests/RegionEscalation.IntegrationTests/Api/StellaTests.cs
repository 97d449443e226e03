using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Stella, and the contract catalogue, as they register deviations: again, all at once, with another content, and nonsense (K24-003, R-V3).</summary>
public sealed class StellaTests : KalmarFixture
{
    private static int _number;
    private string _contract = null!;

    private protected override async Task SeedAsync() => _contract = await Kalmar.ContractAsync();

    [Test]
    public async Task The_first_time_makes_a_deviation_and_the_same_again_is_that_deviation()
    {
        var id = NewId();
        var first = await PutAsync(id, Body());
        var again = await PutAsync(id, Body());
        var elsewhere = await Kalmar.SendAsync("integrator", HttpMethod.Put, $"deviations/external-registrations/contractCatalogue/{id}", Body());
        var found = await Kalmar.GetAsync($"deviations?externalSystem=stella&externalId={id}");

        Assert.That((first.Status, again.Status, elsewhere.Status), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Created)));
        Assert.That(new Uri(first.Location!).AbsolutePath, Is.EqualTo($"{Kalmar.Path}/deviations/{first.Id}"));
        Assert.That((again.Id, again.ETag, elsewhere.Id != first.Id), Is.EqualTo((first.Id, first.ETag, true)));
        Assert.That(found.Body!["items"]!.AsArray().Select(d => d!["id"]!.GetValue<Guid>()), Is.EqualTo(new[] { first.Id }));
        Assert.That(first.Body!["externalRegistrations"]![0]!.ToJsonString(), Does.Contain("\"stella\"").And.Contain(id));
    }

    [Test]
    public async Task What_has_become_of_the_deviation_since_does_not_count()
    {
        var id = NewId();
        var made = await PutAsync(id, Body());
        RegionAtWork.Succeeded(await Kalmar.PostAsync($"deviations/{made.Id}/assessments", Bodies.Assessment("deviation"), headers: ("If-Match", made.ETag)));
        await Kalmar.ResolveAsync(made.Id);

        var again = await PutAsync(id, Body());

        Assert.That((again.Status, again.Id, again.Body!["status"]!.ToString()), Is.EqualTo((HttpStatusCode.OK, made.Id, "fedBack")));
    }

    [Test]
    public async Task Another_content_is_a_conflict_that_shows_both()
    {
        var id = NewId();
        var made = await PutAsync(id, Body());
        var changed = Body();
        changed["description"] = "Tidig leverans.";
        changed["unit"] = "Barnkliniken";
        changed["topics"] = new JsonArray("labour");

        var conflict = await PutAsync(id, changed);

        Assert.That((conflict.Status, conflict.MediaType, conflict.Code, conflict.Reason), Is.EqualTo((HttpStatusCode.Conflict, "application/problem+json", "R-V3", "otherContent")));
        Assert.That(conflict.Body!["registered"]!.AsObject().Select(f => f.Key), Is.EqualTo(new[] { "description", "unit", "topics" }));
        Assert.That((conflict.Body["registered"]!["description"]!.ToString(), conflict.Body["received"]!["description"]!.ToString()), Is.EqualTo(("Sen leverans.", "Tidig leverans.")));
        Assert.That((conflict.Body["registered"]!["unit"]!.ToString(), conflict.Body["received"]!["topics"]!.ToJsonString()), Is.EqualTo(("Operation", """["labour"]""")));
        Assert.That(new Uri(conflict.Body["unmet"]![0]!["href"]!.ToString()).AbsolutePath, Is.EqualTo($"{Kalmar.Path}/deviations/{made.Id}"));
        Assert.That((await Kalmar.GetAsync($"deviations/{made.Id}")).ETag, Is.EqualTo(made.ETag));
    }

    [Test]
    public async Task Eight_clients_at_once_make_one_deviation()
    {
        for (var round = 0; round < 5; round++)
        {
            var id = NewId();

            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PutAsync(id, Body())));

            Assert.That(answers.Count(a => a.Status == HttpStatusCode.Created), Is.EqualTo(1), string.Join(' ', answers.Select(a => (int)a.Status)));
            Assert.That(answers.Count(a => a.Status == HttpStatusCode.OK), Is.EqualTo(7));
            Assert.That(answers.Select(a => a.Id).Distinct().Count(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Eight_clients_at_once_with_contents_of_their_own_make_one_deviation_and_seven_conflicts()
    {
        var id = NewId();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
        {
            var body = Body();
            body["description"] = $"Sen leverans nummer {n}.";
            return PutAsync(id, body);
        }));

        Assert.That(answers.Select(a => (int)a.Status).Order(), Is.EqualTo(new[] { 201, 409, 409, 409, 409, 409, 409, 409 }));
    }

    [Test]
    public async Task A_retry_with_its_idempotency_key_gets_the_first_answer()
    {
        var (id, key) = (NewId(), Guid.NewGuid().ToString());

        var first = await PutAsync(id, Body(), ("Idempotency-Key", key));
        var again = await PutAsync(id, Body(), ("Idempotency-Key", key));

        Assert.That((again.Status, again.Text, again.Location), Is.EqualTo((HttpStatusCode.Created, first.Text, first.Location)));
    }

    [Test]
    public async Task Who_has_seen_a_version_may_insist_on_it()
    {
        var id = NewId();

        var absent = await PutAsync(id, Body(), ("If-Match", "\"1\""));
        var made = await PutAsync(id, Body());
        var same = await PutAsync(id, Body(), ("If-Match", made.ETag));
        var stale = await PutAsync(id, Body(), ("If-Match", "\"1\""));

        Assert.That((absent.Status, made.Status, same.Status, stale.Status), Is.EqualTo((HttpStatusCode.PreconditionFailed, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed)));
    }

    [Test]
    public async Task A_dry_run_registers_nothing()
    {
        var id = NewId();

        var dry = await Kalmar.SendAsync("integrator", HttpMethod.Put, $"deviations/external-registrations/stella/{id}?validateOnly=true", Body());

        Assert.That(dry.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await PutAsync(id, Body())).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task A_host_that_is_killed_in_the_middle_leaves_each_id_once()
    {
        string[] ids = [.. Enumerable.Range(0, 40).Select(_ => NewId())];
        var body = Body();
        using (var first = await HostProcess.StartAsync(Host.Database))
        {
            using var client = await first.ClientOfAsync("kalmar-integrator");
            var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var sent = ids.Select(async (id, n) =>
            {
                try
                {
                    using var answer = await client.PutAsync(new Uri($"{Kalmar.Path}/deviations/external-registrations/stella/{id}", UriKind.Relative), JsonContent.Create(body));
                    if (n == 10)
                        answered.TrySetResult();
                }
                catch (HttpRequestException)
                {
                    // Its answer is lost; whether it was registered shows only when it is sent again.
                }
            }).ToArray();
            await answered.Task;
            first.Kill();
            await Task.WhenAll(sent);
        }

        var again = await Task.WhenAll(ids.Select(id => PutAsync(id, body.DeepClone())));
        var onceMore = await Task.WhenAll(ids.Select(id => PutAsync(id, body.DeepClone())));

        Assert.That(again.Select(a => a.Status), Is.All.AnyOf(HttpStatusCode.OK, HttpStatusCode.Created));
        Assert.That(again.Select(a => a.Status), Does.Contain(HttpStatusCode.OK), "the killed host had registered some");
        Assert.That(onceMore.Select(a => (a.Status, a.Id)), Is.EqualTo(again.Select(a => (HttpStatusCode.OK, a.Id))));
        var made = await Host.Database.ScalarAsync(
            "SELECT count(*) FROM mt_events WHERE type = 'external-registration-linked.v1' AND data->'registration'->>'externalId' = ANY($1)", (object)ids);
        Assert.That(made, Is.EqualTo(40L));
    }

    [Test]
    public async Task A_deviation_that_is_there_is_linked_once_and_an_id_belongs_to_one_deviation()
    {
        var (deviation, other, id) = (await Kalmar.DeviationAsync(_contract), await Kalmar.DeviationAsync(_contract), NewId());
        var body = new { registeredAt = Host.Clock.GetUtcNow().AddHours(-1) };

        var linked = await LinkAsync(deviation, id, body);
        var again = await LinkAsync(deviation, id, body);
        var later = await LinkAsync(deviation, id, new { registeredAt = Host.Clock.GetUtcNow().AddHours(-2) });
        var elsewhere = await LinkAsync(other, id, body);
        var stale = await LinkAsync(deviation, NewId(), body, ("If-Match", "\"1\""));
        var absent = await LinkAsync(Guid.CreateVersion7(), NewId(), body);

        Assert.That((linked.Status, again.Status, again.ETag), Is.EqualTo((HttpStatusCode.OK, HttpStatusCode.OK, linked.ETag)));
        Assert.That(linked.Body!["externalRegistrations"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((later.Status, later.Code, later.Body!["registered"]!.AsObject().Single().Key), Is.EqualTo((HttpStatusCode.Conflict, "R-V3", "registeredAt")));
        Assert.That((elsewhere.Status, elsewhere.Body!["registered"]!["deviationId"]!.GetValue<Guid>(), elsewhere.Body["received"]!["deviationId"]!.GetValue<Guid>()),
            Is.EqualTo((HttpStatusCode.Conflict, deviation, other)));
        Assert.That((stale.Status, absent.Status), Is.EqualTo((HttpStatusCode.PreconditionFailed, HttpStatusCode.NotFound)));
    }

    [Test]
    public async Task Two_deviations_linked_to_one_id_at_once_leave_one()
    {
        var (deviation, other, id) = (await Kalmar.DeviationAsync(_contract), await Kalmar.DeviationAsync(_contract), NewId());
        var body = new { registeredAt = Host.Clock.GetUtcNow().AddHours(-1) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => LinkAsync(n % 2 == 0 ? deviation : other, id, body)));

        Assert.That(answers.Select(a => (int)a.Status).Order(), Is.EqualTo(new[] { 200, 200, 200, 200, 409, 409, 409, 409 }));
    }

    [TestCase("contractNumber", "SAKNAS-1", "unknownContract")]
    [TestCase("occurredAt", "2999-01-01T00:00:00Z", "inFuture")]
    [TestCase("registeredAt", "2999-01-01T00:00:00Z", "inFuture")]
    public async Task What_cannot_be_is_refused_and_the_id_stays_free(string field, string value, string reason)
    {
        var id = NewId();
        var body = Body();
        body[field] = value;

        var refused = await PutAsync(id, body);

        Assert.That((refused.Status, refused.Body!["errors"]![field]![0]!["rule"]!.ToString()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, reason)));
        Assert.That((await PutAsync(id, Body())).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [TestCase("siebel/ST-1", "format")]
    [TestCase("Stella/ST-1", "format")]
    [TestCase("stella/-ST", "pattern")]
    [TestCase("stella/a%2Fb", "pattern")]
    [TestCase("stella/a%20b", "pattern")]
    [TestCase("stella/å", "pattern")]
    public async Task An_id_that_cannot_be_one_is_refused(string address, string rule)
    {
        var refused = await Kalmar.SendAsync("integrator", HttpMethod.Put, $"deviations/external-registrations/{address}", Body());

        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), refused.Text);
        Assert.That(refused.Body!["errors"]!.AsObject().Single().Value![0]!["rule"]!.ToString(), Is.EqualTo(rule));
    }

    [Test]
    public async Task An_id_has_at_most_a_hundred_characters()
    {
        Assert.That((await PutAsync(new string('A', 101), Body())).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await PutAsync(new string('A', 100), Body())).Status, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task No_personal_number_gets_in_by_the_id_or_by_a_text()
    {
        var body = Body();
        body["description"] = "Patient 811218-9876 fick vänta.";

        var (inId, inText) = (await PutAsync("811218-9876", Body()), await PutAsync(NewId(), body));

        Assert.That((inId.Status, inId.Code, inText.Status, inText.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G8", HttpStatusCode.UnprocessableEntity, "R-G8")));
        Assert.That(inId.Text + inText.Text, Does.Not.Contain("8112"));
    }

    [Test]
    public async Task Half_a_filter_by_another_systems_id_is_refused()
    {
        Assert.That((await Kalmar.GetAsync("deviations?externalSystem=stella")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That((await Kalmar.GetAsync("deviations?externalId=ST-1")).Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
    }

    [Test]
    public async Task The_same_id_in_another_region_is_another_deviation()
    {
        using var halland = new RegionAtWork(Host, "13", "halland");
        RegionAtWork.Succeeded(await halland.SendAsync("handler", HttpMethod.Put, $"contracts/{_contract}", Bodies.Contract()));
        var id = NewId();

        var here = await PutAsync(id, Body());
        var there = await halland.SendAsync("handler", HttpMethod.Put, $"deviations/external-registrations/stella/{id}", Body());

        Assert.That((here.Status, there.Status, here.Id == there.Id), Is.EqualTo((HttpStatusCode.Created, HttpStatusCode.Created, false)));
    }

    [Test]
    public async Task What_is_written_agrees_with_its_events()
    {
        await PutAsync(NewId(), Body());

        Assert.That((await new StreamVerifier(Host.Database.Application).VerifyAsync(Given.Kalmar, CancellationToken.None)).Mismatches, Is.Empty);
    }

    private static string NewId() => $"ST-2026-{Interlocked.Increment(ref _number):000000}";

    private JsonNode Body() => new JsonObject
    {
        ["contractNumber"] = _contract,
        ["requirementReference"] = "Krav 4.1",
        ["description"] = "Sen leverans.",
        ["occurredAt"] = "2026-02-27T22:40:00.123456Z",
        ["reportedBy"] = "Operationsavdelning",
        ["unit"] = "Operation",
        ["registeredAt"] = "2026-03-01T06:00:00Z",
        ["attachments"] = new JsonArray(new JsonObject { ["title"] = "Foto", ["reference"] = "stella://bild/1", ["sha256"] = new string('c', 64), ["mediaType"] = "image/jpeg" }),
    };

    private Task<Answer> PutAsync(string id, JsonNode body, params (string, string?)[] headers) =>
        Kalmar.SendAsync("integrator", HttpMethod.Put, $"deviations/external-registrations/stella/{id}", body, headers);

    private Task<Answer> LinkAsync(Guid deviation, string id, object body, params (string, string?)[] headers) =>
        Kalmar.SendAsync("integrator", HttpMethod.Put, $"deviations/{deviation}/external-registrations/stella/{id}", body, headers);
}
