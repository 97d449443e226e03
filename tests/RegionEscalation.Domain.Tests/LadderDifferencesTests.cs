using System.Text.Json.Nodes;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>
/// L26-007: what differs between Region Kalmar läns edition 2024 and the common one of 2026, against the table of the domain description
/// ("Ladder 2024 (Kalmar) vs 2026 – row by row"); and that nothing an edition says is left out.
/// </summary>
public class LadderDifferencesTests
{
    private const string Title = nameof(LadderAspect.Title);
    private const string Motto = nameof(LadderAspect.Motto);
    private const string Owner = nameof(LadderAspect.Owner);
    private const string Scope = nameof(LadderAspect.Scope);
    private const string Kinds = nameof(LadderAspect.Kinds);
    private const string Kind = nameof(LadderAspect.Kind);
    private const string Event = nameof(LadderAspect.Event);
    private const string Headline = nameof(LadderAspect.Headline);
    private const string Triggers = nameof(LadderAspect.Triggers);
    private const string Activities = nameof(LadderAspect.Activities);
    private const string Specific = nameof(LadderAspect.SpecificActivities);
    private const string Partners = nameof(LadderAspect.DialoguePartners);

    private static readonly LadderDefinition Kalmar = Ladders.Find("2024-kalmar")!;
    private static readonly LadderDifferences Forth = LadderDifferences.Between(Kalmar, Some.Ladder);
    private static readonly LadderDifferences Back = LadderDifferences.Between(Some.Ladder, Kalmar);

    [Test]
    public void These_rows_differ_and_no_others()
    {
        string[] expected =
        [
            " Title", " Motto", " Owner", " Scope", " Kinds",
            "0 Kind", "0 Event", "0 Triggers", "0 Activities", "0 SpecificActivities",
            "1 Kind", "1 Event", "1 Triggers", "1 Activities", "1 SpecificActivities", "1 DialoguePartners",
            "2 Kind", "2 Event", "2 Triggers", "2 Activities", "2 SpecificActivities", "2 DialoguePartners",
            "3 Kind", "3 Event", "3 Triggers", "3 Activities", "3 SpecificActivities", "3 DialoguePartners",
            "4 Kind", "4 Event", "4 Headline", "4 Triggers", "4 Activities", "4 SpecificActivities", "4 DialoguePartners",
            "5 Kind", "5 Event", "5 Headline", "5 Triggers", "5 Activities", "5 SpecificActivities", "5 DialoguePartners",
        ];

        Assert.Multiple(() =>
        {
            Assert.That(Forth.Rows.Select(r => $"{r.Step} {r.Aspect}"), Is.EqualTo(expected));
            Assert.That(Back.Rows.Select(r => $"{r.Step} {r.Aspect}"), Is.EqualTo(expected));
            Assert.That((Forth.From, Forth.To, Back.From, Back.To), Is.EqualTo(("2024-kalmar", "2026", "2026", "2024-kalmar")));
        });
    }

    [TestCase(null, Title, "Region Kalmar läns eskaleringstrappa 2024", "Regionernas gemensamma eskaleringstrappa 2026")]
    [TestCase(null, Motto, "", "Den gemensamma nämnaren är att hitta en väg tillbaka")]
    [TestCase(null, Owner, "Region Kalmar län", "LfU")]
    [TestCase(null, Kinds, "Regionala aktiviteter|Regiongemensamma aktiviteter", "Aktiviteter|Aktiviteter och nationell samverkan")]
    [TestCase(0, Kind, "Regionala aktiviteter", "Aktiviteter")]
    [TestCase(2, Kind, "Regionala aktiviteter", "Aktiviteter")]
    [TestCase(3, Kind, "Regiongemensamma aktiviteter", "Aktiviteter och nationell samverkan")]
    [TestCase(5, Kind, "Regiongemensamma aktiviteter", "Aktiviteter och nationell samverkan")]
    [TestCase(0, Event, "Enstaka avvikelser", "Risk/Enstaka avvikelser")]
    [TestCase(1, Event, "Återkommande avvikelser/allvarlig avvikelse", "Återkommande avvikelser")]
    [TestCase(2, Event, "Handlingsplan följs inte eller återkommande avvikelser/allvarlig avvikelse", "Handlingsplan utan avsedd effekt")]
    [TestCase(3, Event, "Handlingsplan utan avsedd effekt eller återkommande avvikelse/allvarlig avvikelse", "Handlingsplan utan avsedd effekt")]
    [TestCase(4, Event, "Handlingsplan utan avsedd effekt eller återkommande avvikelse/allvarlig avvikelse", "Allvarlig avvikelse")]
    [TestCase(5, Event, "Fortsatta avvikelser. Ingen lösning på problemet – samarbetet fungerar inte", "Allvarlig avvikelse")]
    [TestCase(4, Headline, "", "Business on hold")]
    [TestCase(5, Headline, "", "Avslut affärssamarbete")]
    [TestCase(0, Activities, "Riskbedömning|Dialog med leverantör", "Anmälan/inrapportering till bevakning|Riskbedömning|Dialog med leverantör")]
    [TestCase(0, Specific, "Registrera avvikelse i Stella eller avtalskatalogen", "Instyrning|Bevakningslista|Forum Leverantörsuppföljning")]
    [TestCase(1, Activities, "Dialog ökad frekvens|Dokumentation|Upprätta Handlingsplan", "Dialog ökad frekvens med leverantör|Faktainsamling|Upprätta Handlingsplan")]
    [TestCase(1, Partners, "Leverantören (kontaktperson)|Beställare/verksamhet|Avtalsansvarig på Upphandlingsenheten", "Leverantören (kontaktperson)|Beställare/verksamhet|Avtalsansvarig")]
    [TestCase(3, Activities, "Affärsmöte|Information Nationellt|Brev till VD eller motsvarande", "Information till Sveriges Regioner|Brev till VD eller motsvarande|Affärsmöte med leverantör")]
    public void A_row_tells_what_each_edition_says(int? step, string aspect, string kalmar, string common)
    {
        Assert.Multiple(() =>
        {
            Assert.That(Texts(Row(Forth, step, aspect)), Is.EqualTo((kalmar, common)));
            Assert.That(Texts(Row(Back, step, aspect)), Is.EqualTo((common, kalmar)));
        });

        static (string, string) Texts(LadderDifference row) => (Join(row.From), Join(row.To));
        static string Join(IEnumerable<LadderItem> items) => string.Join('|', items.Select(i => i.Label!.Sv));
    }

    // + added, - removed, ~ reworded, ^ reordered
    [TestCase(null, Title, "")]
    [TestCase(null, Motto, "")]
    [TestCase(null, Owner, "")]
    [TestCase(null, Scope, "+common -region")]
    [TestCase(null, Kinds, "+activities +activitiesAndNationalCooperation -regionalActivities -jointRegionalActivities")]
    [TestCase(0, Kind, "+activities -regionalActivities")]
    [TestCase(3, Kind, "+activitiesAndNationalCooperation -jointRegionalActivities")]
    [TestCase(0, Event, "")]
    [TestCase(4, Headline, "")]
    [TestCase(0, Triggers, "+risk +incident")]
    [TestCase(0, Activities, "+reportToMonitoring")]
    [TestCase(0, Specific, "+steeringIn +watchList +supplierFollowUpForum -registerDeviation")]
    [TestCase(1, Triggers, "-seriousDeviation")]
    [TestCase(1, Activities, "+factFinding -documentation ~increasedDialogue")]
    [TestCase(1, Specific, "+informSupplierHost +bookCosts +supplierFollowUpForum -informContractOwner -registerDeviation")]
    [TestCase(1, Partners, "~contractOwner")]
    [TestCase(2, Triggers, "+planWithoutEffect -planNotFollowed -recurringDeviation -seriousDeviation")]
    [TestCase(2, Activities, "+letterToSalesManager -informContactPerson ~regularMeetings")]
    [TestCase(2, Specific, "+qualityTechnician +supplierFollowUpForum -internalMeetings")]
    [TestCase(2, Partners, "+aboveContactPerson +categoryLead -supplier ~contractOwner")]
    [TestCase(3, Triggers, "-recurringDeviation -seriousDeviation")]
    [TestCase(3, Activities, "~businessMeeting ~informRegions ^businessMeeting ^informRegions ^letterToCeo")]
    [TestCase(3, Specific, "+audit +supplierFollowUpForum -internalMeetings")]
    [TestCase(3, Partners, "+categoryLead +unitManager -firstLineManager ~contractOwner")]
    [TestCase(4, Triggers, "-planWithoutEffect -recurringDeviation")]
    [TestCase(4, Activities, "~informRegions ^executiveBusinessMeeting ^jointRegionalMeeting ^informRegions")]
    [TestCase(4, Specific, "+audit +supplierFollowUpForum -internalMeetings")]
    [TestCase(4, Partners, "+categoryLead +unitManager +headOfPurchasing -firstLineManager -baseUnitManager ~contractOwner")]
    [TestCase(5, Triggers, "+seriousDeviation -noSolution")]
    [TestCase(5, Activities, "~informRegions ^endContract ^informRegions")]
    [TestCase(5, Specific, "+supplierFollowUpForum -internalMeetings")]
    [TestCase(5, Partners, "+categoryLead +unitManager +headOfPurchasing -firstLineManager -baseUnitManager ~contractOwner")]
    public void A_row_tells_what_was_added_removed_reworded_and_reordered(int? step, string aspect, string changes)
    {
        var expected = changes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.Multiple(() =>
        {
            Assert.That(Changes(Row(Forth, step, aspect)), Is.EqualTo(expected));
            Assert.That(Changes(Row(Back, step, aspect)), Is.EquivalentTo(expected.Select(c => c[0] switch
            {
                '+' => $"-{c[1..]}",
                '-' => $"+{c[1..]}",
                _ => c,
            })));
        });
    }

    [TestCase("2024-kalmar")]
    [TestCase("2026")]
    public void Nothing_differs_from_itself(string version) =>
        Assert.That(LadderDifferences.Between(Ladders.Find(version)!, Ladders.Find(version)!).Rows, Is.Empty);

    [TestCaseSource(nameof(EveryChange))]
    public void Whatever_an_edition_says_otherwise_is_told(int? step, Action<JsonNode> change)
    {
        var other = Ladders.ParseLadder(Some.Edition(change));

        var rows = LadderDifferences.Between(Some.Ladder, other).Rows;

        Assert.That(rows.Where(r => r.Step == step), Is.Not.Empty);
    }

    [Test]
    public void What_one_only_has_moves_nothing_and_what_is_vid_behov_in_one_only_is_worded_otherwise()
    {
        var other = Ladders.ParseLadder(Some.Edition(
            l => l["steps"]![4]!["activities"]!.AsArray().RemoveAt(0),
            l => l["steps"]![4]!["activities"]![2]!["ifNeeded"] = true));

        var row = LadderDifferences.Between(Some.Ladder, other).Rows.Single();

        Assert.That(Changes(row), Is.EqualTo(new[] { "-informRegions", "~block" }));
    }

    [Test]
    public void What_only_the_source_spells_otherwise_is_no_difference() =>
        Assert.That(LadderDifferences.Between(Some.Ladder, Ladders.ParseLadder(Some.Edition(l => l["steps"]![4]!["event"]!["sourceText"] = "Allvarlig avikelse"))).Rows, Is.Empty);

    /// <summary>Each value of the edition 2026 changed, one at a time, and each list in another order; with the step that it stands in.</summary>
    private static IEnumerable<TestCaseData> EveryChange()
    {
        foreach (var path in Paths(JsonNode.Parse(Some.Edition())!, []))
        {
            int? step = path is ["steps", int at, ..] ? at : null;
            yield return new TestCaseData(step, (JsonNode edition) => Change(edition, path)).SetArgDisplayNames(string.Join('.', path));
        }
    }

    private static IEnumerable<object[]> Paths(JsonNode? node, object[] path) => (node, path) switch
    {
        (_, ["version"] or [.., "step"] or [.., "sourceText"]) => [],
        // Somebody in the region must be left.
        (JsonValue v, [.., "side"]) when (string?)v == "region" => [],
        (JsonObject o, _) => o.SelectMany(p => Paths(p.Value, [.. path, p.Key])),
        (JsonArray a, ["steps"]) => a.SelectMany((item, i) => Paths(item, [.. path, i])),
        (JsonArray a, _) => a.SelectMany((item, i) => Paths(item, [.. path, i])).Concat(a.Count > 1 ? [path] : []),
        _ => [path],
    };

    private static void Change(JsonNode edition, object[] path)
    {
        var parent = path[..^1].Aggregate(edition, (node, key) => key is int i ? node[i]! : node[(string)key]!);
        var name = path[^1] is int ? "trigger" : (string)path[^1];
        var old = path[^1] is int index ? parent[index] : parent[name];
        JsonNode changed = (name, old) switch
        {
            ("validFrom", _) => "2027-01-01",
            ("trigger", _) => "noSolution",
            ("kind", _) => (string?)old == "activities" ? "activitiesAndNationalCooperation" : "activities",
            ("side", _) => "region",
            (_, null) => new JsonObject { ["sv"] = "ny", ["en"] = "new" },
            (_, JsonArray list) => new JsonArray([.. list.Reverse().Select(i => i!.DeepClone())]),
            (_, JsonValue value) when value.TryGetValue<bool>(out var flag) => !flag,
            _ => $"{old}X",
        };
        if (path[^1] is int at)
            parent[at] = changed;
        else
            parent[name] = changed;
    }

    private static LadderDifference Row(LadderDifferences differences, int? step, string aspect) =>
        differences.Rows.Single(r => r.Step == step && r.Aspect.ToString() == aspect);

    private static IEnumerable<string> Changes(LadderDifference row) =>
    [
        .. row.Added.Select(c => $"+{c}"), .. row.Removed.Select(c => $"-{c}"), .. row.Reworded.Select(c => $"~{c}"), .. row.Reordered.Select(c => $"^{c}"),
    ];
}
