using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Npgsql;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>
/// Nothing but what the policy lets out leaves a region: every free text of the acceptance story is marked, and after every change of what the
/// others could see, all that they can read is searched for the markers.
/// </summary>
public sealed class MarkerTests
{
    private static readonly (string Client, NationalReader Reader)[] Readers =
    [
        ("kalmar-reader", new NationalReader(ReaderKind.ConcernedRegion, "08")),
        ("halland-reader", new NationalReader(ReaderKind.ConcernedRegion, "13")),
        ("skane-reader", NationalReader.OfRegion("12")),
        ("national-coordinator", NationalReader.Coordination),
        ("national-office", NationalReader.Office),
        ("partner-reader", new NationalReader(ReaderKind.Partner, "adda")),
        ("supplier-reader", new NationalReader(ReaderKind.Supplier, "5560160680")),
        ("national-auditor", NationalReader.Auditor),
    ];

    private static readonly string[] MayReadTheMeeting = ["kalmar-reader", "halland-reader", "national-coordinator"];

    private readonly ConcurrentQueue<string> _leaks = [];
    private readonly ConcurrentQueue<string> _failed = [];
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Client, string Place), int> _disclosed = [];
    private readonly ConcurrentDictionary<string, int> _toldOfTheMeeting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _followed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = [];
    private readonly Dictionary<Guid, string> _cases = [];
    private readonly CapturedLog _log = new();
    private Guid _meeting;
    private Guid _subscription;
    private Guid _delivery;
    private TelemetryReceiver _telemetry = null!;
    private TestHost _host = null!;
    private FreeTextMarkers _markers = null!;
    private HttpClient _http = null!;
    private EscalationStore _store = null!;
    private EndpointWalk _walk = null!;
    private JsonNode _document = null!;
    private Dictionary<string, string> _tokens = [];

    /// <summary>The whole story, swept on its way; the tests look at what was found.</summary>
    [OneTimeSetUp]
    public async Task PlayAsync()
    {
        _telemetry = await TelemetryReceiver.StartAsync();
        _host = await TestHost.StartAsync(new Dictionary<string, string>(_telemetry.Settings)
        {
            ["Logging:Captured:LogLevel:RegionEscalation"] = "Trace",
            ["Logging:Captured:LogLevel:Microsoft.AspNetCore"] = "Information",
        }, log: _log);
        _store = new EscalationStore(_host.Database.Application);
        _walk = new EndpointWalk(_host);
        _tokens = Readers.ToDictionary(r => r.Client, r => _walk.TokenOf(r.Client));
        _http = _host.CreateClient();
        _document = await DocumentAsync("national");
        var webhooks = new WebhookRows(_host.Database, national: true);
        var coordinator = _host.Identity.Clients.Single(c => c.ClientId == "national-coordinator");
        _subscription = await webhooks.SubscriptionAsync("coordination", coordinator.ClientId, coordinator.TenantId!);
        _delivery = await webhooks.DeliveryAsync("coordination", _subscription);
        _markers = new FreeTextMarkers(new Dictionary<string, JsonNode> { ["escalation"] = await DocumentAsync("escalation"), ["national"] = _document }) { Answered = SweepWhenChangedAsync };
        using (var http = new HttpClient(_markers) { BaseAddress = _http.BaseAddress })
        {
            using var kalmar = new RegionAtWork(_host, http: http);
            using var halland = new RegionAtWork(_host, "13", "halland", http);
            await halland.ContractAsync();
            using var story = new AcceptanceStory(_host, http);
            await story.MainLineAsync();
            await story.EndOfBusinessAsync();
            await story.UnfoundedAsync();
            await story.DeviationsAsync();
            await story.RefusedAndPersistentAsync();
            await WatchedAsync(kalmar);
            using var meetings = new JointMeetingStory(_host, http);
            await MeetAsync(meetings, await DisclosedToEverybodyAsync(story, kalmar));
            await SweepAsync([.. _cases.Keys], thoroughly: true);
            await ReadAtHomeAsync(kalmar, halland);
        }
        // Which sends the rest of the telemetry.
        await _host.DisposeAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        await _telemetry.DisposeAsync();
        _walk.Dispose();
        _http.Dispose();
        _markers.Dispose();
        _log.Dispose();
    }

    [Test]
    public void Every_free_text_was_marked_and_its_own_region_reads_it()
    {
        var properties = _markers.Placed.Values.Distinct().ToArray();

        Assert.That(properties, Has.Length.GreaterThan(80), string.Join(' ', properties.Order(StringComparer.Ordinal)));
        Assert.That(_markers.CameBack.Count(), Is.GreaterThan(80));
        Assert.That(properties.Except(_markers.CameBack).Except(_kept), Is.Empty, "sent to the region and lost there");
    }

    [Test]
    public void The_others_find_nothing_but_what_was_disclosed_to_them() => Assert.That(_leaks, Is.Empty);

    [Test]
    public void Whoever_it_was_disclosed_to_found_the_way_back_and_the_suppliers_words()
    {
        string[] entitled = ["kalmar-reader", "halland-reader", "national-coordinator", "national-office", "partner-reader", "supplier-reader"];

        Assert.That(_disclosed.Keys, Is.EquivalentTo(
            from client in entitled from place in new[] { "summary.returnCriteria", "summary.supplierStatements" } select (client, place)));
    }

    [Test]
    public void Whoever_is_invited_to_a_meeting_and_the_coordinator_read_what_was_said_there() =>
        Assert.That(_toldOfTheMeeting.Keys, Is.EquivalentTo(MayReadTheMeeting));

    [Test]
    public void Every_endpoint_of_the_national_API_was_read_with_success_and_refused_what_is_wrong()
    {
        foreach (var operation in NationalReads)
        {
            Assert.That(_answers.Keys, Does.Contain($"{operation} 200"), "somebody reads it");
            if (operation.NeedsPurpose)
                Assert.That(_answers.Keys, Does.Contain($"{operation} 422"), "without a purpose nobody does");
        }
        Assert.That(_failed, Is.Empty, string.Join('\n', _log.Written.Where(line => line.Contains("xception", StringComparison.Ordinal)).Take(3)));
    }

    [Test]
    public void No_national_table_holds_a_free_text_but_the_summaries_while_they_are_disclosed_and_what_was_said_at_meetings() =>
        Assert.That(_tables.Keys, Is.EquivalentTo(new[] { "national_summaries", "national_meetings", "national_meeting_events" }));

    [Test]
    public void Everybody_has_followed_the_change_feed()
    {
        foreach (var client in Readers.Where(r => r.Reader.Kind is not (ReaderKind.Auditor or ReaderKind.Partner)).Select(r => r.Client))
        {
            foreach (var what in new[] { "case-appeared", "case-changed", "case-removed", "notice-appeared", "notice-changed", "notice-removed" })
                Assert.That(_followed.Keys, Does.Contain($"{client} national-{what}.v1"));
        }
        Assert.That(_followed.Keys, Does.Contain("partner-reader national-case-appeared.v1").And.Contain("halland-reader joint-meeting-minutes-sent.v1").And.Contain("national-coordinator joint-meeting-follow-up-reported.v1"));
    }

    [Test]
    public void No_log_line_holds_a_free_text()
    {
        Assert.That(_log.Written.Where(line => FreeTextMarkers.In(line).Any()), Is.Empty);
        Assert.That(_log.Written.Select(line => line.Split(':')[0]).Distinct(), Does.Contain("Microsoft.AspNetCore.Hosting.Diagnostics").And.Some.StartsWith("RegionEscalation"), "the log was kept");
    }

    [Test]
    public void No_span_and_no_metric_holds_a_free_text()
    {
        Assert.That(_telemetry.Received.Where(r => FreeTextMarkers.In(r.Text).Any()).Select(r => r.Path), Is.Empty);
        Assert.That(_telemetry.All("/v1/traces"), Does.Contain("GET /national/v1/cases").And.Contain("notices/{recordId"), "the spans were kept");
        Assert.That(_telemetry.All("/v1/metrics"), Does.Contain("http.server.request.duration"));
    }

    private IEnumerable<Operation> NationalReads => _walk.Operations.Where(o => o is { Method: "GET", IsNational: true });

    /// <summary>A case whose summary everybody may read for a while, one after the other; with a statement that the supplier claims to be secret.</summary>
    private async Task<Guid> DisclosedToEverybodyAsync(AcceptanceStory story, RegionAtWork kalmar)
    {
        var (id, _) = await story.CaseWithEverythingAsync();
        await kalmar.CriterionAsync(id);
        await kalmar.DoneAsync(id, "supplier-statements",
            new { text = "Vår kalkyl.", submittedBy = "VD", receivedAt = _host.Clock.GetUtcNow(), secrecyClaim = "Kalkylen är en affärshemlighet." });
        foreach (var (kind, code, basis) in new[] { ("coordination", null, "consent"), ("nationalOffice", null, "consent"), ("partner", "adda", "consent"), ("supplier", (string?)null, "supplierItself") })
        {
            await kalmar.DoneAsync(id, "disclosure-decisions", new
            {
                outcome = "granted",
                recipient = new { kind, code },
                basis,
                secrecyRules = new[] { new { chapter = 31, section = 16, applies = true } },
                interestBalance = "Mottagaren behöver sammanfattningen för att säkra försörjningen; intresset väger över.",
                expiresOn = Domain.SwedishTime.DateOf(_host.Clock.GetUtcNow()).AddDays(30),
                decidedBy = Bodies.By("headOfPurchasing"),
            }, "decider");
        }
        return id;
    }

    /// <summary>A supplier is watched, and the case that is opened from there climbs to where the others see it; another watch is cleared.</summary>
    private async Task WatchedAsync(RegionAtWork kalmar)
    {
        var now = _host.Clock.GetUtcNow();
        var contract = await kalmar.ContractAsync(name: "Exempel Lagerflytt AB");
        var entry = RegionAtWork.Succeeded(await kalmar.PostAsync("watch-list", Bodies.Watch(contract, now, riskAssessment: Bodies.Risk(now))));
        var renewed = RegionAtWork.Succeeded(await kalmar.PostAsync($"watch-list/{entry.Id}/renewals",
            new { reviewBy = Domain.SwedishTime.DateOf(now).AddDays(120), reason = "Flytten är senarelagd.", renewedBy = "Avtalsansvarig" }, headers: ("If-Match", entry.ETag)));
        var assessed = RegionAtWork.Succeeded(await kalmar.PostAsync($"watch-list/{entry.Id}/risk-assessments", Bodies.Risk(now), headers: ("If-Match", renewed.ETag)));
        var promoted = RegionAtWork.Succeeded(await kalmar.PostAsync($"watch-list/{entry.Id}/promotions", Bodies.Promotion(contract), headers: ("If-Match", assessed.ETag)));
        var serious = await kalmar.DeviationAsync(contract, "serious", 1);
        await kalmar.DoneAsync(promoted.Id, "deviations", new { deviationId = serious });
        await kalmar.DoneAsync(promoted.Id, "escalations", Bodies.Escalation(4, "seriousDeviation", "deviation", [serious], "headOfPurchasing"), "decider");
        var other = RegionAtWork.Succeeded(await kalmar.PostAsync("watch-list", Bodies.Watch(null, now)));
        RegionAtWork.Succeeded(await kalmar.SendAsync("handler", HttpMethod.Delete, $"watch-list/{other.Id}", new { reason = "Oron var obefogad.", clearedBy = "Avtalsansvarig" }, ("If-Match", other.ETag)));
    }

    /// <summary>Kalmar and Halland meet about the supplier, and Kalmar takes the meeting up in its case.</summary>
    private async Task MeetAsync(JointMeetingStory story, Guid id)
    {
        _meeting = await story.CalledAsync("kalmar-handler", "13");
        await story.HeldAsync(_meeting);
        await story.DoneAsync(_meeting, "minutes", story.Minutes);
        await story.DoneAsync(_meeting, "follow-ups/1/reports", JointMeetingStory.Report);
        await story.Kalmar.DoneAsync(id, "joint-meetings", new { meetingId = _meeting });
    }

    /// <summary>Everything that the region itself can read of its cases, and what it keeps.</summary>
    private async Task ReadAtHomeAsync(RegionAtWork kalmar, RegionAtWork halland)
    {
        foreach (var (id, own) in _cases.Keys.Select(id => (id, _cases[id].StartsWith("08", StringComparison.Ordinal) ? kalmar : halland)))
        {
            await own.GetAsync($"cases/{id}/exclusion-evidence?includeEnded=true");
            for (var page = 1; (await own.GetAsync($"cases/{id}/events?limit=100&page={page}")).Body!["_links"]!["next"] is not null; page++)
            {
            }
        }
        // What no answer of today tells is in the region's events.
        var events = (string)(await _host.Database.ScalarAsync("SELECT string_agg(data::text, ' ') FROM mt_events"))!;
        _kept.UnionWith(FreeTextMarkers.In(events).Select(m => _markers.Placed[m]));
    }

    /// <summary>Another step, state, notice, statement or disclosure: what the others could see may be another.</summary>
    private async Task SweepWhenChangedAsync(Answer answer)
    {
        if (answer.Body is JsonObject meeting && meeting.ContainsKey("invitedRegions"))
        {
            await SweepAsync([]);
            return;
        }
        if (answer.Body is not JsonObject body || !body.ContainsKey("notices") || !body.ContainsKey("step"))
            return;
        var now = string.Join('|', new[] { "region", "step", "state", "outcome", "disputed" }.Select(m => (string?)body[m]?.ToString())
            .Append(States(body["notices"])).Append(States(body["disclosureDecisions"])).Append($"{body["supplierStatements"]!.AsArray().Count}"));
        var id = answer.Id;
        if (_cases.TryGetValue(id, out var before) && before == now)
            return;
        _cases[id] = now;
        await SweepAsync([id]);

        static string States(JsonNode? records) => string.Join(',', records!.AsArray().Select(r => $"{r!["state"]}{r["revokedAt"]}"));
    }

    /// <summary>Everybody reads everything that there is to be read, and the tables are searched.</summary>
    /// <param name="about">The cases that are also read one by one; lists tell of all of them.</param>
    /// <param name="thoroughly">Also with wrong parameters, and through another region's own API.</param>
    private async Task SweepAsync(Guid[] about, bool thoroughly = false)
    {
        var lawful = await LawfulAsync();
        await SearchTablesAsync([.. lawful.Select(l => l.Marker)]);
        var requests =
            from operation in NationalReads
            from path in PathsOf(operation, about)
            from reader in Readers
            select (reader.Client, Operation: operation, Path: path, Purpose: (string?)"nationalCoordination");
        if (thoroughly)
            requests = requests.Concat(Wrong());
        await _host.SettledAsync();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (r, _) =>
        {
            for (var path = await LookAsync(r); path is not null; path = await LookAsync(r with { Path = path }))
            {
            }
        });

        // Whither a feed leads on.
        async Task<string?> LookAsync((string Client, Operation Operation, string Path, string? Purpose) r)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, r.Path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _tokens[r.Client]);
            if (r.Purpose is not null)
                request.Headers.Add(EndpointConventions.PurposeHeader, r.Purpose);
            using var response = await _http.SendAsync(request, CancellationToken.None);
            var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
            _answers.AddOrUpdate($"{r.Operation} {(int)response.StatusCode}", 1, (_, n) => n + 1);
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
                _failed.Enqueue($"{response.StatusCode} for {r.Client} from {r.Path}");
            if (!r.Operation.IsNational && response.StatusCode != HttpStatusCode.NotFound)
                _leaks.Enqueue($"{r.Client} got {response.StatusCode} from {r.Path}");
            foreach (var header in response.Headers.Concat(response.Content.Headers).Where(h => FreeTextMarkers.In(string.Join(',', h.Value)).Any()))
                _leaks.Enqueue($"{r.Client} found {Named(string.Join(',', header.Value))} in the header {header.Key} of {r.Path}");
            var next = response.IsSuccessStatusCode && r.Operation.Endpoint.Metadata.GetMetadata<IsFeed>() is not null ? Next(r.Client, JsonNode.Parse(text)!) : null;
            if (!FreeTextMarkers.In(text).Any())
                return next;
            foreach (var (place, leaf) in Leaves(JsonNode.Parse(text), ""))
            {
                foreach (var marker in FreeTextMarkers.In(leaf))
                {
                    if (lawful.Contains((r.Client, place, marker)))
                        _disclosed.AddOrUpdate((r.Client, place), 1, (_, n) => n + 1);
                    else if (IsOfTheMeeting(marker) && r.Operation.Pattern.Contains("joint-meetings", StringComparison.Ordinal) && MayReadTheMeeting.Contains(r.Client))
                        _toldOfTheMeeting.AddOrUpdate(r.Client, 1, (_, n) => n + 1);
                    else
                        _leaks.Enqueue($"{r.Client} found {Named(leaf)} in {place} of {r.Path}");
                }
            }
            return next;
        }

        string? Next(string client, JsonNode part)
        {
            var entries = part["items"]!.AsArray();
            foreach (var entry in entries)
                _followed.AddOrUpdate($"{client} {entry!["type"]}", 1, (_, n) => n + 1);
            return entries.Count == 0 ? null : new Uri((string)part["_links"]!["next"]!["href"]!).PathAndQuery;
        }
    }

    /// <summary>Which markers each reader may find where, as the policy says of the cases as they stand.</summary>
    private async Task<HashSet<(string Client, string Place, string Marker)>> LawfulAsync()
    {
        var query = _store.OpenSession(RegionScope.For("08")).CreateBatchQuery();
        var cases = _cases.Keys.Select(id => query.Case(id)).ToArray();
        await query.ExecuteAsync(CancellationToken.None);
        var now = _host.Clock.GetUtcNow();
        return
        [
            .. from found in cases
               where found.Value is not null
               let record = NationalAccessPolicy.RecordOf(found.Value)
               where record.Summary is not null
               from reader in Readers
               let disclosed = record.Disclosures.Any(d => d.ExpiresAt > now
                   && (d.Recipient == reader.Reader.Key || (reader.Reader.Kind == ReaderKind.ConcernedRegion && d.Recipient == Disclosures.RegionsConcerned)))
               from field in new (NationalField Field, string Place, IEnumerable<string> Texts)[]
               {
                   (NationalField.ReturnCriteria, "summary.returnCriteria", found.Value.CurrentCriteria().Select(c => c.Criterion.Text)),
                   (NationalField.SupplierStatements, "summary.supplierStatements", found.Value.Of<SupplierStatement>().Where(s => s.Content.SecrecyClaim is null).Select(s => s.Content.Text)),
               }
               where NationalAccessPolicy.Reads(NationalAccessPolicy.Of(reader.Reader.Kind, field.Field, found.Value.Step), disclosed)
               from text in field.Texts
               from marker in FreeTextMarkers.In(text)
               select (reader.Client, field.Place, marker),
        ];
    }

    private async Task SearchTablesAsync(HashSet<string> disclosed)
    {
        var tables = (string[])(await _host.Database.ScalarAsync("SELECT array_agg(tablename::text ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'national\\_%'"))!;
        await using var connection = new NpgsqlConnection(_host.Database.Superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            string.Join(" UNION ALL ", tables.Select(t => $"SELECT '{t}', t::text FROM {t} t WHERE t::text ILIKE '%zqx%'")), connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var (table, row) = (reader.GetString(0), reader.GetString(1));
            _tables.AddOrUpdate(table, 1, (_, n) => n + 1);
            foreach (var marker in FreeTextMarkers.In(row))
            {
                if (!(table.StartsWith("national_meeting", StringComparison.Ordinal) ? IsOfTheMeeting(marker) : table == "national_summaries" && disclosed.Contains(marker)))
                    _leaks.Enqueue($"{_markers.Placed[marker]} in {table}");
            }
        }
    }

    private IEnumerable<string> PathsOf(Operation operation, Guid[] about)
    {
        _walk.Know("cases/{region}", "08");
        _walk.Know("suppliers/{supplier}", "5560160680");
        _walk.Know("joint-meetings/{id}", _meeting.ToString());
        _walk.Know("webhook-subscriptions/{id}", _subscription.ToString());
        _walk.Know("deliveries/{eventId}", _delivery.ToString());
        foreach (var id in operation.Pattern.Contains("{region}/{id", StringComparison.Ordinal) ? about : [Guid.Empty])
        {
            _walk.Know("{region}/{id}", id.ToString());
            var path = _walk.PathOf(operation);
            yield return Parameters(operation).Contains("limit") ? path + "?limit=100" : path;
        }
    }

    /// <summary>What is refused: no purpose, a wrong one, parameters that are none, ids that are none; and the region's own API to everybody else.</summary>
    private IEnumerable<(string Client, Operation Operation, string Path, string? Purpose)> Wrong()
    {
        var id = _cases.Keys.Last();
        foreach (var reader in Readers.Where(r => r.Reader.Kind is ReaderKind.ConcernedRegion or ReaderKind.Coordination or ReaderKind.Partner))
        {
            foreach (var operation in NationalReads)
            {
                var path = PathsOf(operation, [id]).Single().Split('?')[0];
                yield return (reader.Client, operation, path, null);
                yield return (reader.Client, operation, path, "curiosity");
                yield return (reader.Client, operation, _walk.PathOf(operation, absent: true), "nationalCoordination");
                foreach (var parameter in Parameters(operation).Append("unknown"))
                    foreach (var value in new[] { "-1", "%27%20OR%20true--", "5560160680" })
                        yield return (reader.Client, operation, $"{path}?{parameter}={value}", "nationalCoordination");
            }
        }
        foreach (var reader in Readers.Where(r => r.Client != "kalmar-reader"))
        {
            foreach (var operation in _walk.Operations.Where(o => o is { Method: "GET", IsOfRegion: true }))
                yield return (reader.Client, operation, Filled(operation.Pattern, id), null);
        }
    }

    private string[] Parameters(Operation operation)
    {
        var path = operation.Pattern["/national/v1".Length..].Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/');
        return [.. (_document["paths"]![path]!["get"]!["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == "query").Select(p => (string)p!["name"]!)];
    }

    private bool IsOfTheMeeting(string marker) => _markers.Placed[marker].StartsWith("national ", StringComparison.Ordinal);

    private static string Filled(string pattern, Guid id) => string.Join('/', pattern.Split('/').Select(s => !s.StartsWith('{') ? s : s == "{region}" ? "08" : id.ToString()));

    /// <summary>Every text by the last two members that lead to it.</summary>
    private static IEnumerable<(string Place, string Text)> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(p => Leaves(p.Value, $"{path.Split('.')[^1]}.{p.Key}").Append(("a member's name", p.Key))),
        JsonArray a => a.SelectMany(item => Leaves(item, path)),
        _ => [(path, node?.ToString() ?? "")],
    };

    private string Named(string text) => string.Join(", ", FreeTextMarkers.In(text).Select(m => _markers.Placed.GetValueOrDefault(m) ?? m));

    private async Task<JsonNode> DocumentAsync(string api) => JsonNode.Parse(await _http.GetStringAsync(new Uri($"/{api}/v1/openapi.json", UriKind.Relative)))!;
}
