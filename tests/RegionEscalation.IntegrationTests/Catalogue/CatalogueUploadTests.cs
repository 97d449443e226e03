using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RegionEscalation.Http;
using RegionEscalation.IntegrationTests.Api;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>Files sent to a real host: what is taken in, and what leaves nothing behind.</summary>
public sealed class CatalogueUploadTests : KalmarFixture
{
    private const string Ndjson = "application/x-ndjson";
    private const string Csv = "text/csv";

    private HttpClient _http = null!;
    private RegionAtWork _kalmar = null!;

    /// <summary>The test server's own client would keep a body until it has all of it, and send it then.</summary>
    [OneTimeSetUp]
    public void Open()
    {
        _http = DirectTo(Host);
        _kalmar = new RegionAtWork(Host, http: _http);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _kalmar.Dispose();
        _http.Dispose();
    }

    /// <summary>Once the worker has done what it has to do: what it does is no matter of these tests.</summary>
    private async Task<string> FingerprintAsync()
    {
        await Finished.OfAsync(Host.Database);
        return await Host.Database.FingerprintAsync();
    }

    [Test]
    public async Task A_file_is_answered_with_a_job_that_counts_its_rows([Values("handler", "integrator")] string role)
    {
        var answer = await SendAsync(Ndjson, Lines(700) + "{}\n" + Files.Line("A-0", "Annat") + "\n" + Files.Line("A-1"), role: role);

        Assert.That((answer.Status, (string?)answer.Body!["state"]), Is.EqualTo((HttpStatusCode.Accepted, "queued")), answer.Text);
        Assert.That(answer.Location, Does.EndWith($"{Kalmar.Path}/catalogue-imports/{answer.Id}"));
        Assert.That((string?)answer.Body["_links"]!["self"]!["href"], Is.EqualTo(answer.Location));
        Assert.That(await CountsAsync(answer.Id), Is.EqualTo("703 received, 2 rejected, 1 duplicate"));
        Assert.That(await Host.Database.ScalarAsync("SELECT string_agg(line || ' ' || field || ' ' || rule, ', ' ORDER BY line) FROM catalogue_import_rejects WHERE import_id = $1", answer.Id),
            Is.EqualTo("701 $ oneOf, 702 contractNumber duplicate"));
    }

    [Test]
    public async Task CSV_in_Latin_1_and_gzip_is_taken_in_and_what_is_not_understood_of_it_named()
    {
        var file = Encoding.Latin1.GetBytes($"{Files.Header};Beställare\n{Files.Row};Region Kalmar län");
        var answer = await SendAsync($"{Csv}; charset=\"iso-8859-1\"", Files.Gzip(file), "gzip");

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted), answer.Text);
        Assert.That(answer.Body!["ignoredColumns"]!.AsArray().Select(c => (string?)c), Is.EqualTo(new[] { "Beställare" }));
        Assert.That(await CountsAsync(answer.Id), Is.EqualTo("1 received, 0 rejected, 0 duplicate"));
    }

    [Test]
    public async Task All_or_nothing_is_refused_for_one_wrong_row_even_one_that_only_another_row_makes_wrong()
    {
        foreach (var wrong in new[] { "{}", Files.Line("A-0", "Annat") })
        {
            var answer = await SendAsync(Ndjson, Lines(600) + wrong, query: "?mode=allOrNothing&extent=snapshot");

            Assert.That((answer.Status, (string?)answer.Body!["state"]), Is.EqualTo((HttpStatusCode.Accepted, "refused")), answer.Text);
            Assert.That(await Host.Database.ScalarAsync("SELECT state || ' ' || extent FROM catalogue_imports WHERE id = $1", answer.Id), Is.EqualTo("refused snapshot"));
            Assert.That(await StagedAsync(answer.Id), Is.Zero);
        }
    }

    [TestCase("application/xml", "", 415)]
    [TestCase("text/plain", "", 415)]
    [TestCase("application/x-ndjson; charset=iso-8859-1", "", 415)]
    [TestCase("text/csv; charset=utf-16", "", 415)]
    [TestCase("application/x-ndjson", "br", 415)]
    [TestCase("application/x-ndjson", "gzip, gzip", 415)]
    [TestCase("application/x-ndjson", "gzip", 400)]
    [TestCase("application/x-ndjson?mode=some", "", 422)]
    [TestCase("text/csv", "", 422)]
    public async Task What_is_no_such_file_is_refused_and_leaves_nothing_behind(string type, string coding, int status)
    {
        var before = await FingerprintAsync();
        var parts = type.Split('?');
        var answer = await SendAsync(parts[0], Files.Utf8(Lines(10)), coding, query: parts.Length > 1 ? $"?{parts[1]}" : "");

        Assert.That(((int)answer.Status, answer.MediaType), Is.EqualTo((status, Problems.MediaType)), answer.Text);
        Assert.That(await FingerprintAsync(), Is.EqualTo(before));
    }

    [TestCase("")]
    [TestCase("\r\n\n")]
    public async Task An_empty_file_is_422(string text)
    {
        var before = await FingerprintAsync();
        var answer = await SendAsync(Ndjson, text);

        Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((422, "empty")), answer.Text);
        Assert.That(await FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task What_breaks_off_after_the_first_part_is_abandoned_and_none_of_its_rows_kept()
    {
        var whole = Files.Gzip(Files.Utf8(Lines(3000)));
        var cut = await SendAsync(Ndjson, whole[..^9], "gzip");
        var quote = await SendAsync(Csv, $"{Files.Header}\n{string.Join('\n', Enumerable.Repeat(Files.Row, 700))}\nA-2;\"Handskar");

        Assert.That((cut.Status, cut.Code), Is.EqualTo((HttpStatusCode.BadRequest, "gzip")), cut.Text);
        Assert.That((quote.Status, quote.Code), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "quotes")), quote.Text);
        Assert.That((string?)quote.Body!["message"]!["en"], Does.StartWith("Line 702: "));
        Assert.That(await Host.Database.ScalarAsync("SELECT string_agg(DISTINCT reason, ' ' ORDER BY reason) FROM catalogue_imports WHERE state = 'abandoned' AND reason IN ('gzip', 'quotes')"),
            Is.EqualTo("gzip quotes"));
        Assert.That(await Host.Database.ScalarAsync(
            "SELECT count(*) FROM catalogue_import_rows r JOIN catalogue_imports i ON i.id = r.import_id WHERE i.state = 'abandoned'"), Is.EqualTo(0L));
    }

    [Test]
    public async Task More_than_the_framework_would_let_in_is_read()
    {
        var answer = await SendAsync(Ndjson, new string('\n', 32 * 1024 * 1024) + Files.Line("L-1"));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted), answer.Text);
        Assert.That(await CountsAsync(answer.Id), Is.EqualTo("1 received, 0 rejected, 0 duplicate"));
    }

    [Test]
    public async Task The_same_key_again_gives_the_first_answer_and_no_second_job()
    {
        var key = Key();
        var file = Lines(600);
        var first = await SendAsync(Ndjson, file, key: key);
        var before = await FingerprintAsync();
        var again = await SendAsync(Ndjson, file, key: key);
        var otherBody = await SendAsync(Ndjson, file + "\n", key: key);
        var otherQuery = await SendAsync(Ndjson, file, key: key, query: "?mode=allOrNothing");

        Assert.That(first.Status, Is.EqualTo(HttpStatusCode.Accepted), first.Text);
        Assert.That((again.Status, again.Text, again.Location), Is.EqualTo((first.Status, first.Text, first.Location)));
        Assert.That(new[] { otherBody, otherQuery }.Select(a => ((int)a.Status, a.Code)), Is.All.EqualTo((422, "idempotencyKeyReused")));
        Assert.That(await FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_file_that_was_refused_leaves_its_key_free()
    {
        var key = Key();
        var refused = await SendAsync(Ndjson, Files.Gzip(Files.Utf8(Lines(700)))[..^4], "gzip", key: key);
        var taken = await SendAsync(Ndjson, Files.Gzip(Files.Utf8(Lines(700))), "gzip", key: key);

        Assert.That(new[] { (int)refused.Status, (int)taken.Status }, Is.EqualTo(new[] { 400, 202 }));
    }

    [Test]
    public async Task Twins_at_once_get_one_answer_and_make_one_job()
    {
        var key = Key();
        var file = Lines(1234);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SendAsync(Ndjson, file, key: key)));

        Assert.That(answers.Select(a => (a.Status, a.Text)), Is.All.EqualTo((HttpStatusCode.Accepted, answers[0].Text)));
        Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM catalogue_imports WHERE rows_received = 1234 AND state <> 'abandoned'"), Is.EqualTo(1L));
        Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM catalogue_imports WHERE rows_received > 0 AND rows_received <= 1234 AND state = 'receiving'"), Is.EqualTo(0L));
        Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM idempotency_keys WHERE key = $1", key), Is.EqualTo(1L));
    }

    [Test]
    public async Task Nobodys_number_is_kept_of_what_is_rejected()
    {
        var answer = await SendAsync(Ndjson, string.Join('\n',
            Files.Line(title: "Handskar till 850709-9805"), Files.Line("850709-9805"), "{\"contractNumber\":\"A-3\",\"x\":\"850709-9805", """{"850709-9805":1}""",
            """{"supplier":{"name":"","organisationNumber":"8507099805"}}"""));

        Assert.That(await CountsAsync(answer.Id), Is.EqualTo("5 received, 5 rejected, 0 duplicate"));
        Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM catalogue_import_rejects r WHERE import_id = $1 AND r::text ~ '850709'", answer.Id), Is.EqualTo(0L));
    }

    [Test]
    public async Task Another_regions_token_finds_nothing_and_a_reader_may_not()
    {
        var before = await FingerprintAsync();
        var other = await SendAsync(Ndjson, Lines(1), role: "halland-handler");
        var reader = await SendAsync(Ndjson, Lines(1), role: "reader");

        Assert.That(new[] { other.Status, reader.Status }, Is.EqualTo(new[] { HttpStatusCode.NotFound, HttpStatusCode.Forbidden }));
        Assert.That(await FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_dry_run_tells_what_is_wrong_and_stores_nothing()
    {
        var before = await FingerprintAsync();
        var file = Lines(600) + Files.Line("A-0", "Annat") + "\n" + Files.Line("A-1") + "\n" + string.Concat(Enumerable.Repeat("{\n", 150));
        var answer = await SendAsync(Ndjson, file, query: "?validateOnly=true", key: Key());
        var right = await SendAsync(Ndjson, Lines(3), query: "?validateOnly=true");

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        Assert.That(new[] { "rows", "accepted", "duplicates", "rejected" }.Select(m => (int)answer.Body![m]!), Is.EqualTo(new[] { 752, 600, 1, 151 }));
        var rejects = answer.Body!["rejects"]!.AsArray();
        Assert.That(rejects, Has.Count.EqualTo(100));
        Assert.That(((int)rejects[0]!["line"]!, (string?)rejects[0]!["field"], (string?)rejects[0]!["rule"], (string?)rejects[0]!["message"]!["sv"], (string?)rejects[1]!["rule"]),
            Is.EqualTo((601, "contractNumber", "duplicate", "Samma nummer finns på rad 1 med annat innehåll.", "json")));
        Assert.That(new[] { (bool)answer.Body["valid"]!, (bool)right.Body!["valid"]! }, Is.EqualTo(new[] { false, true }));
        Assert.That(await FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task While_a_file_comes_slowly_nothing_is_open_in_the_database_and_what_was_sent_is_there()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = SendAsync(Ndjson, new Slowly(Files.Utf8(Lines(2000)), go.Task, Files.Utf8(Files.Line("S-1"))));
        await UntilAsync("SELECT count(*) FROM catalogue_imports WHERE state = 'receiving' AND rows_received >= 1500", 1L);
        for (var i = 0; i < 20; i++)
        {
            Assert.That(await Host.Database.ScalarAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"), Is.EqualTo(0L));
            await Task.Delay(20);
        }
        go.SetResult();
        var answer = await sending;

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted), answer.Text);
        Assert.That(await CountsAsync(answer.Id), Is.EqualTo("2001 received, 0 rejected, 0 duplicate"));
    }

    [Test]
    public async Task A_client_that_goes_away_leaves_an_abandoned_job_without_rows()
    {
        using var gone = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Kalmar.Path}/catalogue-imports") { Content = new Slowly(Files.Utf8(Lines(1700)), Task.Delay(Timeout.Infinite, gone.Token), []) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Ndjson);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Host.Identity.Issue(Host.Identity.Clients.Single(c => c.ClientId == "kalmar-handler")));
        var sending = _http.SendAsync(request, gone.Token);
        await UntilAsync("SELECT count(*) FROM catalogue_imports WHERE state = 'receiving' AND rows_received >= 1500", 1L);
        await gone.CancelAsync();

        await Assert.CatchAsync(() => sending);
        await UntilAsync("SELECT count(*) FROM catalogue_imports WHERE state = 'receiving'", 0L);
        Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM catalogue_imports WHERE state = 'abandoned' AND reason = 'interrupted' AND rows_received >= 1500"), Is.EqualTo(1L));
        Assert.That(await Host.Database.ScalarAsync("SELECT count(*) FROM catalogue_import_rows r JOIN catalogue_imports i ON i.id = r.import_id WHERE i.state = 'abandoned'"), Is.EqualTo(0L));
    }

    [Test]
    public async Task Limits_are_settings_and_a_key_is_free_after_24_hours()
    {
        await using var host = await TestHost.StartAsync(new() { ["CatalogueFiles:Bytes"] = "300000", ["CatalogueFiles:CompressedBytes"] = "20000", ["CatalogueFiles:RatioFrom"] = "1000" });
        using var http = DirectTo(host);
        using var kalmar = new RegionAtWork(host, http: http);
        var noise = new byte[30_000];
        new Random(1).NextBytes(noise);
        var key = Key();

        var large = await SendAsync(Ndjson, Lines(3000), on: kalmar);
        var chunked = await SendAsync(Ndjson, new Slowly(Files.Utf8(Lines(3000)), Task.CompletedTask, []), on: kalmar);
        var compressed = await SendAsync(Ndjson, Files.Gzip(noise), "gzip", on: kalmar);
        var bomb = await SendAsync(Ndjson, Files.Gzip(Files.Utf8(new string('\n', 299_000))), "gzip", on: kalmar);
        var first = await SendAsync(Ndjson, Lines(1), key: key, on: kalmar);
        host.Clock.Move(TimeSpan.FromHours(25));
        var after = await SendAsync(Ndjson, Lines(2), key: key, on: kalmar);

        Assert.That(new[] { large, chunked, compressed, bomb }.Select(a => ((int)a.Status, a.Code)),
            Is.EqualTo(new[] { (413, "bytes"), (413, "bytes"), (413, "bytes"), (413, "ratio") }));
        Assert.That(new[] { first.Status, after.Status }, Is.All.EqualTo(HttpStatusCode.Accepted), after.Text);
        Assert.That(after.Id, Is.Not.EqualTo(first.Id));
    }

    [Test]
    public async Task A_file_is_as_old_as_its_first_byte_so_that_what_is_put_while_it_comes_is_newer()
    {
        await using var host = await TestHost.StartAsync();
        using var http = DirectTo(host);
        using var kalmar = new RegionAtWork(host, http: http);
        var moved = DateTimeOffset.MaxValue;
        // More than lies between the two on its way: once it is sent, the host has begun to read, and there was no row to store yet.
        var answer = await SendAsync(Ndjson, new Between(Files.Utf8(new string('\n', 32 * 1024 * 1024)), () =>
        {
            host.Clock.Move(TimeSpan.FromHours(2));
            moved = host.Clock.GetUtcNow();
        }, Files.Utf8(Lines(700))), on: kalmar);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Accepted), answer.Text);
        Assert.That(await host.Database.ScalarAsync("SELECT created_at < $2 - interval '1 hour' AND queued_at >= $2 FROM catalogue_imports WHERE id = $1", answer.Id, moved), Is.True);
    }

    private static HttpClient DirectTo(TestHost host)
    {
        using var known = host.CreateClient();
        return new HttpClient { BaseAddress = known.BaseAddress };
    }

    private static string Key() => Guid.NewGuid().ToString();

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => Files.Line($"A-{i}") + "\n"));

    private Task<Answer> SendAsync(string type, string file, string coding = "", string role = "handler", string query = "", string? key = null, RegionAtWork? on = null) =>
        SendAsync(type, Files.Utf8(file), coding, role, query, key, on);

    private Task<Answer> SendAsync(string type, byte[] file, string coding = "", string role = "handler", string query = "", string? key = null, RegionAtWork? on = null) =>
        SendAsync(type, new ByteArrayContent(file), coding, role, query, key, on);

    private async Task<Answer> SendAsync(string type, HttpContent content, string coding = "", string role = "handler", string query = "", string? key = null, RegionAtWork? on = null)
    {
        using (content)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            if (coding.Length > 0)
                content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
            return await (on ?? _kalmar).PostAsync($"catalogue-imports{query}", content, role, (Idempotency.Header, key));
        }
    }

    private async Task<string> CountsAsync(Guid id) => (string)(await Host.Database.ScalarAsync(
        "SELECT rows_received || ' received, ' || rows_rejected || ' rejected, ' || rows_duplicate || ' duplicate' FROM catalogue_imports WHERE id = $1", id))!;

    private async Task<long> StagedAsync(Guid id) => (long)(await Host.Database.ScalarAsync("SELECT count(*) FROM catalogue_import_rows WHERE import_id = $1", id))!;

    private async Task UntilAsync(string sql, long count)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((long)(await Host.Database.ScalarAsync(sql))! != count)
            await Task.Delay(50, deadline.Token);
    }

    private sealed class Between(byte[] first, Action between, byte[] rest) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(first);
            await stream.FlushAsync();
            between();
            await stream.WriteAsync(rest);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A body that stops in the middle until it may go on; its length is not told.</summary>
    private sealed class Slowly(byte[] first, Task until, byte[] rest) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(first);
            await stream.FlushAsync();
            await until;
            await stream.WriteAsync(rest);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
