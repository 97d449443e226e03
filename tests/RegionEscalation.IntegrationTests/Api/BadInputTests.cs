using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Whatever comes in, the answer is a problem in both languages and nothing is written.</summary>
public sealed class BadInputTests
{
    private TestHost _host = null!;
    private EndpointWalk _walk = null!;
    private RegionAtWork _kalmar = null!;
    private readonly Dictionary<bool, JsonNode> _documents = [];
    private HttpClient _raw = null!;
    private string _before = "";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _host = await TestHost.StartAsync();
        _walk = new EndpointWalk(_host);
        _kalmar = new RegionAtWork(_host);
        await _walk.SeedAsync();
        _raw = _host.CreateClient();
        foreach (var (isNational, api) in new[] { (false, "escalation"), (true, "national") })
            _documents[isNational] = JsonNode.Parse(await _raw.GetStringAsync(new Uri($"/{api}/v1/openapi.json", UriKind.Relative)))!;
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _walk.Dispose();
        _kalmar.Dispose();
        _raw.Dispose();
        await _host.DisposeAsync();
    }

    [SetUp]
    public async Task RememberAsync() => _before = await _host.Database.FingerprintAsync();

    [TearDown]
    public async Task NothingIsWrittenAsync() => Assert.That(await _host.Database.FingerprintAsync(), Is.EqualTo(_before));

    [Test]
    public async Task Every_body_broken_at_any_place_is_refused_with_that_place()
    {
        var tried = 0;
        foreach (var (operation, schema, example) in Commands())
        {
            foreach (var bad in BodyMutations.Of(_documents[operation.IsNational], schema, example))
            {
                tried++;
                var answer = await SendAsync(operation, Encoding.UTF8.GetBytes(bad.Json));
                var what = $"{operation}: {bad.What} in {bad.Field}: {answer.Text}";
                AssertProblem(answer, HttpStatusCode.UnprocessableEntity, what);
                Assert.That(answer.Body!["errors"]?.AsObject().Select(e => e.Key), Has.Some.StartsWith(bad.Field), what);
            }
        }
        Assert.That(tried, Is.GreaterThan(500));
    }

    [TestCase("19811218-9876")]
    [TestCase("811218-9876")]
    [TestCase("8112189876")]
    [TestCase("811278-9873", TestName = "a coordination number")]
    public async Task A_personal_identity_number_is_refused_in_every_text(string number)
    {
        foreach (var (operation, schema, example) in Commands())
        {
            foreach (var bad in BodyMutations.WithPersonalNumber(_documents[operation.IsNational], schema, example, number))
            {
                var answer = await SendAsync(operation, Encoding.UTF8.GetBytes(bad.Json));
                var what = $"{operation}: {bad.Field}: {answer.Text}";
                AssertProblem(answer, HttpStatusCode.UnprocessableEntity, what);
                Assert.That((answer.Code, answer.Body!["errors"]!.AsObject().Single().Key), Is.EqualTo(("R-G8", bad.Field)), what);
                Assert.That(answer.Text, Does.Not.Contain(number), "it is not repeated either");
            }
        }
    }

    private static readonly object[] NotJson =
    [
        new object[] { "nothing", Array.Empty<byte>() },
        new object[] { "half an object", "{\"a\":"u8.ToArray() },
        new object[] { "two objects", "{}{}"u8.ToArray() },
        new object[] { "a comment", "{/* */}"u8.ToArray() },
        new object[] { "a trailing comma", "{\"a\":1,}"u8.ToArray() },
        new object[] { "no JSON", "<xml/>"u8.ToArray() },
        new object[] { "bytes that are no UTF-8", (byte[])[.. "{\"motivation\":\""u8, 0xC3, 0x28, .. "\"}"u8] },
        new object[] { "a surrogate in UTF-8", (byte[])[.. "{\"motivation\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8] },
        new object[] { "UTF-16", Encoding.Unicode.GetBytes("{}") },
        new object[] { "forty levels", Encoding.UTF8.GetBytes(new string('[', 40) + new string(']', 40)) },
        new object[] { "a hundred thousand levels", Encoding.UTF8.GetBytes(new string('[', 100_000)) },
    ];

    [TestCaseSource(nameof(NotJson))]
    public async Task What_is_no_JSON_is_400(string what, byte[] body)
    {
        foreach (var (operation, _, _) in Commands())
            AssertProblem(await SendAsync(operation, body), HttpStatusCode.BadRequest, $"{operation}: {what}");
    }

    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("\"text\"")]
    [TestCase("17")]
    [TestCase("{}")]
    public async Task What_is_no_such_object_is_refused(string body)
    {
        // A rotation of secrets asks for nothing that could be missing.
        foreach (var (operation, _, _) in Commands().Where(c => body != "{}" || !c.Operation.Pattern.EndsWith("/secrets", StringComparison.Ordinal)))
        {
            var answer = await SendAsync(operation, Encoding.UTF8.GetBytes(body));
            AssertProblem(answer, answer.Status, $"{operation}: {answer.Text}");
            Assert.That((int)answer.Status, Is.EqualTo(400).Or.EqualTo(422), $"{operation}");
        }
    }

    [TestCase("text/plain")]
    [TestCase("application/xml")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/json; charset=iso-8859-1")]
    [TestCase("application/merge-patch+json")]
    [TestCase(null)]
    public async Task Another_content_type_is_415(string? type)
    {
        foreach (var (operation, _, example) in Commands())
            AssertProblem(await SendAsync(operation, Encoding.UTF8.GetBytes(example.ToJsonString()), type), HttpStatusCode.UnsupportedMediaType, $"{operation} in {type}");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Too_large_a_body_is_413(bool chunked)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"motivation\":\"{new string('x', RequestBody.MaxBytes)}\"}}");
        foreach (var (operation, _, _) in Commands())
            AssertProblem(await SendAsync(operation, body, chunked: chunked), HttpStatusCode.RequestEntityTooLarge, $"{operation}");
    }

    [Test]
    public async Task Another_method_is_405_and_the_answer_says_which_there_are()
    {
        foreach (var path in _walk.Operations.Where(o => o.IsOfRegion || o.IsNational).GroupBy(o => _walk.PathOf(o)))
        {
            foreach (var method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE" }.Except(path.Select(o => o.Method)))
            {
                var answer = await _kalmar.SendAsync("decider", HttpMethod.Parse(method), path.Key);
                AssertProblem(answer, HttpStatusCode.MethodNotAllowed, $"{method} {path.Key}");
                Assert.That(answer.Allow, Is.EquivalentTo(path.Select(o => o.Method)), $"{method} {path.Key}");
            }
        }
    }

    [Test]
    public async Task What_lies_in_the_future_or_too_far_back_is_refused()
    {
        var id = await _kalmar.CaseAtAsync(1);
        var contract = (string)(await _kalmar.GetAsync($"cases/{id}")).Body!["contract"]!["number"]!;
        _before = await _host.Database.FingerprintAsync();
        var now = _host.Clock.GetUtcNow();

        var tomorrow = await _kalmar.PostAsync("deviations", Bodies.Deviation(contract, -1, now));
        var performed = await _kalmar.OnCaseAsync(id, "activities", Bodies.Activity("factFinding", now.AddHours(1)));
        var past = await _kalmar.OnCaseAsync(id, "action-plans", Bodies.Plan(now.AddDays(-90)));
        var endOfTime = await _kalmar.PostAsync("deviations", Bodies.Deviation(contract, 0, DateTimeOffset.MaxValue));
        var beginning = await _kalmar.OnCaseAsync(id, "activities", Bodies.Activity("increasedDialogue", DateTimeOffset.MinValue));

        foreach (var (answer, field) in new[] { (tomorrow, "occurredAt"), (performed, "performedAt"), (past, "evaluationDate"), (endOfTime, "occurredAt"), (beginning, "performedAt") })
        {
            AssertProblem(answer, HttpStatusCode.UnprocessableEntity, answer.Text);
            Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Has.Some.Contains(field), answer.Text);
        }
    }

    [TestCase("5560160681")]
    [TestCase("556016-06800")]
    [TestCase("SE5560160680")]
    [TestCase("５５６０１６０６８０")]
    public async Task An_organisation_number_that_is_none_is_refused(string number)
    {
        var answer = await _kalmar.SendAsync("handler", HttpMethod.Put, "contracts/X-1", Bodies.Contract(number));

        AssertProblem(answer, HttpStatusCode.UnprocessableEntity, answer.Text);
        Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { "supplier.organisationNumber" }), answer.Text);
    }

    [TestCase("contracts/-begins-with-a-hyphen")]
    [TestCase("contracts/has%20space")]
    [TestCase("contracts/has%2Fslash")]
    [TestCase("contracts/åäö")]
    [TestCase("contracts/has%00nul")]
    [TestCase("contracts/12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_contract_number_that_cannot_stand_in_an_address_is_refused(string path)
    {
        var answer = await _kalmar.SendAsync("handler", HttpMethod.Put, path, Bodies.Contract());

        Assert.That((int)answer.Status, Is.EqualTo(422).Or.EqualTo(400), answer.Text);
    }

    [TestCase("cases/not-an-id")]
    [TestCase("cases/00000000-0000-0000-0000-000000000000")]
    [TestCase("cases/00000000-0000-0000-0000-000000000000/nothing")]
    [TestCase("contracts/unknown")]
    [TestCase("nothing")]
    public async Task What_is_nowhere_is_404(string path) => AssertProblem(await _kalmar.GetAsync(path), HttpStatusCode.NotFound, path);

    private IEnumerable<(Operation Operation, JsonNode Schema, JsonNode Example)> Commands() =>
        from operation in _walk.Operations
        where (operation.IsOfRegion || operation.IsNational) && operation.Endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Contains("application/json") == true
        let path = operation.Pattern[(operation.IsNational ? "/national/v1" : "/escalation/v1").Length..]
            .Replace(":guid", "", StringComparison.Ordinal).Replace(":int", "", StringComparison.Ordinal).TrimEnd('/')
        let json = _documents[operation.IsNational]["paths"]![path]![operation.Method.ToLowerInvariant()]!["requestBody"]!["content"]!["application/json"]!
        select (operation, json["schema"]!, json["example"]!);

    private async Task<Answer> SendAsync(Operation operation, byte[] body, string? type = "application/json", bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(operation.Method), _walk.PathOf(operation)) { Content = new ByteArrayContent(body) };
        if (type is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _walk.TokenOf(operation.Client));
        request.Headers.TryAddWithoutValidation("If-Match", "\"999\"");
        request.Headers.Add(Idempotency.Header, "one-key-for-all");
        using var response = await _raw.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    private static void AssertProblem(Answer answer, HttpStatusCode status, string what)
    {
        Assert.That((answer.Status, answer.MediaType), Is.EqualTo((status, Problems.MediaType)), $"{what}: {answer.Text}");
        var problem = answer.Body!;
        Assert.That(problem["status"]!.GetValue<int>(), Is.EqualTo((int)status), what);
        foreach (var text in new[] { problem["type"], problem["title"], problem["detail"], problem["instance"], problem["traceId"], problem["message"]!["sv"], problem["message"]!["en"] })
            Assert.That((string?)text, Is.Not.Null.And.Not.Empty, what);
        Assert.That((string?)problem["message"]!["sv"], Is.Not.EqualTo((string?)problem["message"]!["en"]), what);
        foreach (var error in problem["errors"]?.AsObject().SelectMany(e => e.Value!.AsArray()) ?? [])
            Assert.That((string?)error!["message"]!["sv"], Is.Not.Empty.And.Not.EqualTo((string?)error["message"]!["en"]), what);
        foreach (var leak in new[] { "Exception", "System.", "Npgsql", "line 1", "   at ", "mt_" })
            Assert.That(answer.Text, Does.Not.Contain(leak), what);
    }
}
