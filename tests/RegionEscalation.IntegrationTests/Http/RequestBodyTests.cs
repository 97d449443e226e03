using System.Text;
using System.Text.Json.Nodes;
using RegionEscalation.Http;

namespace RegionEscalation.IntegrationTests.Http;

public class RequestBodyTests
{
    private const string Good =
        """{"motivation":"Försenad","severity":"seriousDeviation","clauses":[{"type":"delay","level":2}],"occurredAt":"2026-03-02T10:15:00.1234567+01:00"}""";

    private TestApi _api = null!;

    [OneTimeSetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public async Task A_good_body_is_bound_and_answered_with_times_in_UTC_and_nulls_written()
    {
        var (response, body) = await _api.PostAsync(Good);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Multiple(() =>
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(200));
            Assert.That((string?)body["occurredAt"], Is.EqualTo("2026-03-02T09:15:00.123456Z"));
            Assert.That((string?)body["severity"], Is.EqualTo("seriousDeviation"));
            Assert.That(text, Does.Contain("Försenad").And.Contain("\"organisationNumber\":null"));
        });
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("{\"motivation\":}")]
    [TestCase("{} {}")]
    [TestCase("{'a':1}")]
    [TestCase("null")]
    public async Task What_is_no_JSON_object_at_all_is_malformed(string body)
    {
        var (response, _) = await _api.PostAsync(body);

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
    }

    [Test]
    public async Task Depth_is_bounded()
    {
        var (response, _) = await _api.PostAsync(new string('[', 33) + new string(']', 33));

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
    }

    [TestCase("""{"motivation":"a","motivation":"b"}""", "motivation", "duplicate")]
    [TestCase("""{"clauses":[{},{"type":"a","type":"b"}]}""", "clauses[1].type", "duplicate")]
    [TestCase("""{"motivation":"a\u0000b"}""", "motivation", "characters")]
    [TestCase("""{"clauses":[{"type":"\ud800"}]}""", "clauses[0].type", "characters")]
    [TestCase("""{"clauses":["a",["b","\udc00x"]]}""", "clauses[1][1]", "characters")]
    [TestCase("""{"a\u0000":1}""", "$", "characters")]
    [TestCase("""{"clauses":[{"\ud800":1}]}""", "clauses[0]", "characters")]
    public async Task What_cannot_be_kept_is_refused_before_binding(string body, string field, string rule)
    {
        var (response, problem) = await _api.PostAsync(body);

        Assert.That((int)response.StatusCode, Is.EqualTo(422));
        Assert.That(Rules(problem), Is.EqualTo(new[] { $"{field} {rule}" }));
    }

    [Test]
    public async Task A_surrogate_pair_is_an_ordinary_character()
    {
        var (response, body) = await _api.PostAsync(Good.Replace("Försenad", @"abc\ud83d\ude00", StringComparison.Ordinal));

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That((string?)body["motivation"], Is.EqualTo("abc😀"));
    }

    [Test]
    public async Task A_byte_order_mark_before_the_JSON_is_left_out()
    {
        using var content = new ByteArrayContent([0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(Good)]);
        content.Headers.ContentType = new("application/json");
        var response = await _api.Client.PostAsync("/escalation/v1/things", content);

        Assert.That((int)response.StatusCode, Is.EqualTo(200), await response.Content.ReadAsStringAsync());
    }

    [Test]
    public async Task Bytes_that_are_no_UTF_8_are_malformed()
    {
        using var content = new ByteArrayContent([(byte)'"', 0xC3, (byte)'"']);
        content.Headers.ContentType = new("application/json");
        var response = await _api.Client.PostAsync("/escalation/v1/things", content);

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
    }

    [Test]
    public async Task A_personal_identity_number_is_refused_by_its_rule_with_the_field()
    {
        var (response, body) = await _api.PostAsync(
            Good.Replace("delay", "19121212-1212", StringComparison.Ordinal));

        Assert.Multiple(() =>
        {
            Assert.That((int)response.StatusCode, Is.EqualTo(422));
            Assert.That((string?)body["code"], Is.EqualTo("R-G8"));
            Assert.That(Rules(body), Is.EqualTo(new[] { "clauses[0].type R-G8" }));
            Assert.That(body.ToJsonString(), Does.Not.Contain("1212"));
        });
    }

    [Test]
    public async Task An_organisation_number_may_be_that_of_a_sole_trader()
    {
        var (_, body) = await _api.PostAsync(Good[..^1] + ",\"organisationNumber\":\"19121212-1212\"}");

        Assert.That(Rules(body), Is.EqualTo(new[] { "organisationNumber pattern" }));
    }

    [Test]
    public async Task A_body_over_the_limit_is_too_large_whether_its_length_is_announced_or_not()
    {
        var big = $"\"{new string('a', RequestBody.MaxBytes)}\"";
        var (announced, _) = await _api.PostAsync(big);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/escalation/v1/things") { Content = new StringContent(big, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        var chunked = await _api.Client.SendAsync(request);

        Assert.That(((int)announced.StatusCode, (int)chunked.StatusCode), Is.EqualTo((413, 413)));
    }

    [TestCase("text/plain", "/things")]
    [TestCase("application/x-www-form-urlencoded", "/hashes")]
    public async Task Another_media_type_is_refused_also_where_nothing_is_bound(string mediaType, string path)
    {
        var (response, body) = await _api.SendAsync(HttpMethod.Post, path, "a=b", mediaType);

        Assert.That(((int)response.StatusCode, (int?)body["status"]), Is.EqualTo((415, 415)));
    }

    [TestCase("application/json; charset=utf-8", null, 200)]
    [TestCase("application/json; charset=\"UTF-8\"", null, 200)]
    [TestCase("application/json; charset=iso-8859-1", null, 415)]
    [TestCase("application/merge-patch+json", null, 415)]
    [TestCase("application/json", "gzip", 415)]
    public async Task Only_plain_JSON_in_UTF_8_is_read(string mediaType, string? encoding, int status)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        var response = await _api.Client.PostAsync("/escalation/v1/things", content);

        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task An_endpoint_that_declares_another_media_type_reads_its_own_body()
    {
        var big = new string('a', RequestBody.MaxBytes + 1);
        var (accepted, hash) = await _api.SendAsync(HttpMethod.Post, "/imports", big, "application/x-ndjson", ("Idempotency-Key", "k"));
        var (_, other) = await _api.SendAsync(HttpMethod.Post, "/imports", "a", "application/x-ndjson", ("Idempotency-Key", "k"));
        var (json, _) = await _api.SendAsync(HttpMethod.Post, "/imports", "{}", headers: ("Idempotency-Key", "k"));

        Assert.That(((int)accepted.StatusCode, (int)json.StatusCode), Is.EqualTo((200, 415)));
        Assert.That((string?)hash, Is.Not.EqualTo((string?)other));
    }

    [TestCase("\"motivation\":\"Försenad\",", "", "motivation required")]
    [TestCase("\"Försenad\"", "null", "motivation required")]
    [TestCase("\"type\":\"delay\",", "", "clauses[0].type required")]
    [TestCase("\"level\":2", "\"level\":null", "clauses[0].level format")]
    [TestCase("\"level\":2", "\"level\":\"2\"", "clauses[0].level format")]
    [TestCase("\"level\":2", "\"level\":2,\"extra\":1", "clauses[0].extra unknown")]
    [TestCase("\"motivation\"", "\"Motivation\"", "Motivation unknown")]
    [TestCase("seriousDeviation", "SERIOUS", "severity format")]
    [TestCase("\"seriousDeviation\"", "1", "severity format")]
    [TestCase("+01:00", "", "occurredAt format")]
    [TestCase("T10", "T25", "occurredAt format")]
    [TestCase("Försenad", "  ab  ", "motivation length")]
    [TestCase("delay", "a", "clauses[0].type length")]
    [TestCase("\"level\":2", "\"level\":9", "clauses[0].level range")]
    [TestCase("[{\"type\":\"delay\",\"level\":2}]", "[]", "clauses items")]
    [TestCase("[{\"type\":\"delay\",\"level\":2}]", "[null]", "clauses[0] required")]
    [TestCase("\"level\":2}]", "\"level\":2}],\"byLabel\":{\"Some\":{\"type\":\"a\",\"level\":1}}", "byLabel.Some.type length")]
    [TestCase("\"level\":2}]", "\"level\":2}],\"organisationNumber\":\"5560000001\\n\"", "organisationNumber pattern")]
    public async Task A_field_that_does_not_meet_the_contract_is_named_by_its_path(string part, string replacement, string expected)
    {
        var (response, body) = await _api.PostAsync(Good.Replace(part, replacement, StringComparison.Ordinal));

        Assert.That((int)response.StatusCode, Is.EqualTo(422));
        Assert.That(Rules(body), Is.EqualTo(new[] { expected }));
    }

    [Test]
    public async Task All_bounds_that_are_not_kept_are_told_at_once_in_both_languages()
    {
        var (_, body) = await _api.PostAsync(Good.Replace("delay", "a", StringComparison.Ordinal).Replace("Försenad", "x", StringComparison.Ordinal));

        Assert.That(Rules(body), Is.EquivalentTo(new[] { "motivation length", "clauses[0].type length" }));
        var message = body["errors"]!["motivation"]![0]!["message"]!;
        Assert.That(((string?)message["sv"], (string?)message["en"]), Is.EqualTo(("Ska vara 3–20 tecken.", "Must be 3–20 characters.")));
    }

    [TestCase("?step=9", "step range")]
    [TestCase("?step=x", "step format")]
    [TestCase("?since=2026-03-02", "since format")]
    [TestCase("?limit=0", "limit range")]
    [TestCase("?limit=101", "limit range")]
    [TestCase("?page=-1", "page range")]
    [TestCase("?page=99999999999", "page range")]
    [TestCase("?page=1&page=2", "page range")]
    public async Task A_query_parameter_that_does_not_meet_the_contract_is_named(string query, string expected)
    {
        var (response, body) = await _api.GetAsync("/things" + query);

        Assert.That((int)response.StatusCode, Is.EqualTo(422));
        Assert.That(Rules(body), Is.EqualTo(new[] { expected }));
    }

    private static IEnumerable<string> Rules(JsonNode problem) =>
        problem["errors"]!.AsObject().SelectMany(e => e.Value!.AsArray(), (e, error) => $"{e.Key} {error!["rule"]}");
}
