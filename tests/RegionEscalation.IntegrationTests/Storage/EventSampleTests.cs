using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Domain.Tests;
using RegionEscalation.NationalApi;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>Every event type as it was once written: whatever the code becomes, these must go on loading, and say the same.</summary>
public sealed class EventSampleTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "EventSamples");

    /// <summary>Of the regions' streams, which the store carries as examples; and of what is written nationally.</summary>
    public static IEnumerable<string> Samples => EventSamples.Names.Concat(Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f))).Order();

    [Test]
    public void Every_event_type_has_its_sample_and_every_sample_its_event_type() => Assert.That(Samples, Is.EquivalentTo(Names));

    [Test]
    public void Names_are_explicit_and_versioned() => Assert.That(Names.Where(n => !Regex.IsMatch(n, "^[a-z]+(-[a-z]+)*\\.v[1-9][0-9]*$")), Is.Empty);

    [TestCaseSource(nameof(Samples))]
    public void A_sample_loads_and_written_back_says_the_same(string name)
    {
        var json = Json(name);
        var loaded = Read(name, json);
        using var sample = JsonDocument.Parse(json);
        using var written = JsonDocument.Parse(Write(loaded));

        Assert.That(NameOf(loaded), Is.EqualTo(name));
        Assert.That(JsonElement.DeepEquals(sample.RootElement, written.RootElement), written.RootElement.ToString());
    }

    /// <summary>What was written before a field was there loads with what the field then stands for.</summary>
    [TestCase("ladder-settings-changed.v1", "settings.deadlines.provisionalNotice", "10")]
    [TestCase("ladder-settings-changed.v1", "settings.deadlines.acknowledgement", "3")]
    [TestCase("ladder-settings-changed.v1", "settings.recurrenceSameRequirement", "false")]
    [TestCase("deviation-attached.v1", "deviation.requirementReference", null)]
    [TestCase("risk-assessment-confirmed.v1", "assessedAt", null)]
    [TestCase("supplier-statement-received.v1", "content.noticeId", null)]
    [TestCase("contract-synchronised.v1", "content.validUntil", null)]
    [TestCase("deviation-reported.v1", "details", null)]
    [TestCase("deviation-assessed.v1", "assessment.otherAssessorReason", null)]
    [TestCase("deviation-attached.v1", "deviation.unfoundedAt", null)]
    [TestCase("case-opened.v1", "recurrence", null)]
    [TestCase("case-escalated.v1", "recurrence", null)]
    [TestCase("case-reopened.v1", "recurrence", null)]
    [TestCase("step-trigger-restored.v1", "recurrence", null)]
    public void A_sample_from_before_a_field_loads(string name, string field, string? stands)
    {
        var json = JsonNode.Parse(Json(name))!;
        var path = field.Split('.');
        var removed = path[..^1].Aggregate(json, (node, part) => node[part]!).AsObject().Remove(path[^1]);

        var written = JsonNode.Parse(EventTypes.Write(EventTypes.Read(name, json.ToJsonString())))!;

        Assert.That(removed, "the sample has it");
        Assert.That(path.Aggregate((JsonNode?)written, (node, part) => node?[part])?.ToJsonString(), Is.EqualTo(stands));
    }

    /// <summary>R-E1: what a copy lacks from before, neither the explanation nor the decision fills in.</summary>
    [TestCase(true, false)]
    [TestCase(false, true)]
    public void Copies_from_before_the_requirement_was_kept_recur_alike_where_it_is_explained_and_where_it_is_decided(bool sameRequirement, bool recur)
    {
        var open = new[] { Guid.NewGuid(), Guid.NewGuid() }.Select(Older).Aggregate(EscalationCase.Evolve(null, Given.Opened("AVT-1")), EscalationCase.Evolve);
        Deviation[] own = [.. open.Deviations.Select(copy => Some.Deviation(copy.OccurredAt) with
        {
            Id = copy.Id, Supplier = open.Supplier, Contract = open.Contract, Assessment = copy.Assessment, RequirementReference = "4.2 Batteridrift", CaseId = open.Id,
        })];
        var settings = new LadderSettings { RecurrenceSameRequirement = sameRequirement };
        var now = open.Deviations[0].OccurredAt.AddDays(9);

        var explained = Recurrence.OfContract(own, open.Supplier.Id, open, settings, now);
        var decided = Recurrence.Of(open.Deviations, open.UsedEvidence, open.Absorbed, settings, now);

        Assert.That(explained.Considered, Is.EqualTo(decided.Considered));
        Assert.That((explained.IsMet, decided.IsMet), Is.EqualTo((recur, recur)));
    }

    /// <summary>A field that no sample fills could change its name unseen.</summary>
    [TestCaseSource(nameof(Samples))]
    public void A_sample_fills_every_field(string name)
    {
        var json = Json(name);
        using var sample = JsonDocument.Parse(json);

        Assert.That(Unfilled(sample.RootElement, Read(name, json)), Is.Empty);
    }

    [TestCaseSource(nameof(Samples))]
    public void Swedish_letters_stay_readable_where_they_are_written(string name)
    {
        var written = Write(Read(name, Json(name)));

        Assert.That(written, Does.Not.Contain("\\u00"));
    }

    [Test]
    public void An_unknown_name_is_an_error_and_never_skipped() => Assert.Multiple(() =>
    {
        Assert.That(() => EventTypes.Read("case-forgotten.v1", "{}"), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => JointMeetingEvents.Read("joint-meeting-forgotten.v1", "{}"), Throws.TypeOf<InvalidDataException>());
    });

    /// <summary>Of the regions' streams, and of what is written nationally.</summary>
    private static IEnumerable<string> Names => EventTypes.Names.Concat(JointMeetingEvents.Names);

    /// <summary>As it was stored before its requirement was copied.</summary>
    private static CaseEvent Older(Guid deviationId)
    {
        var json = JsonNode.Parse(Json("deviation-attached.v1"))!;
        var deviation = json["deviation"]!.AsObject();
        deviation["id"] = deviationId;
        foreach (var field in new[] { "requirementReference", "resolvedAt", "unfoundedAt" })
            deviation.Remove(field);
        return (CaseEvent)EventTypes.Read("deviation-attached.v1", json.ToJsonString());
    }

    private static string Json(string name) => EventSamples.Names.Contains(name) ? EventSamples.Json(name) : File.ReadAllText(Path.Combine(Folder, name + ".json"));

    private static object Read(string name, string json) => JointMeetingEvents.Names.Contains(name) ? JointMeetingEvents.Read(name, json) : EventTypes.Read(name, json);

    private static string Write(object e) => e is JointMeetingEvent meeting ? JointMeetingEvents.Write(meeting) : EventTypes.Write(e);

    private static string NameOf(object e) => e is JointMeetingEvent meeting ? JointMeetingEvents.NameOf(meeting) : EventTypes.NameOf(e);

    private static IEnumerable<string> Unfilled(JsonElement json, object value)
    {
        foreach (var property in value.GetType().GetProperties().Where(p => p.CanWrite))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (!json.TryGetProperty(name, out var filled))
                yield return $"{value.GetType().Name}.{name}";
            else if (filled.ValueKind == JsonValueKind.Object)
                foreach (var inner in Unfilled(filled, property.GetValue(value)!))
                    yield return inner;
            else if (filled.ValueKind == JsonValueKind.Array)
            {
                var items = ((System.Collections.IEnumerable)property.GetValue(value)!).Cast<object>().ToArray();
                if (items.Length == 0)
                    yield return $"{value.GetType().Name}.{name} is empty";
                // Evidence has either an id or a reference; all items together fill what one cannot.
                var missing = items.Zip(filled.EnumerateArray()).Where(i => i.Second.ValueKind == JsonValueKind.Object)
                    .Select(i => Unfilled(i.Second, i.First).ToHashSet()).ToArray();
                if (missing.Length > 0)
                    foreach (var inner in missing.Aggregate((a, b) => [.. a.Intersect(b)]))
                        yield return inner;
            }
        }
    }
}
