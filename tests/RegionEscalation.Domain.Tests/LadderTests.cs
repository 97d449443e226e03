using System.Text.Json.Nodes;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>The edition 2026 says what its source says, word by word; what is no ladder does not load.</summary>
public class LadderTests
{
    private const string Forum = "Forum Leverantörsuppföljning";

    [Test]
    public void The_edition_2026_is_published_and_new_cases_are_opened_under_it() =>
        Assert.That((Ladders.Find("2026")?.Version, Ladders.Current, Ladders.Find("2025")), Is.EqualTo(("2026", "2026", (LadderDefinition?)null)));

    [Test]
    public void Its_front_says_what_the_source_says()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Some.Ladder.Title.Sv, Is.EqualTo("Regionernas gemensamma eskaleringstrappa 2026").IgnoreCase);
            Assert.That(Some.Ladder.Subtitle.Sv, Is.EqualTo("AKTIVITETSBASERAT ARBETSFLÖDE VID LEVERANTÖRSRELATERADE AVVIKELSER").IgnoreCase);
            Assert.That(Some.Ladder.Motto?.Sv, Is.EqualTo("DEN GEMENSAMMA NÄMNAREN ÄR ATT HITTA EN VÄG TILLBAKA").IgnoreCase);
            Assert.That(Some.Ladder.Owner, Is.EqualTo("LfU"));
            Assert.That(Some.Ladder.Kinds["activities"].Sv, Is.EqualTo("Aktiviteter"));
            Assert.That(Some.Ladder.Kinds["activitiesAndNationalCooperation"].Sv, Is.EqualTo("Aktiviteter och nationell samverkan"));
        });
    }

    [TestCase(0, "Risk/Enstaka avvikelser", null, "Risk/Enstaka avvikelser")]
    [TestCase(1, "Återkommande avvikelser", null, "Återkommande avvikelser")]
    [TestCase(2, "Handlingsplan utan avsedd effekt", null, "Handlingsplan utan avsedd effekt")]
    [TestCase(3, "Handlingsplan utan avsedd effekt", null, "Handlingsplan utan avsedd effekt")]
    [TestCase(4, "Allvarlig avvikelse", "Business on hold", "Allvarlig avvikelse Business on hold")]
    [TestCase(5, "Allvarlig avvikelse", "Avslut affärssamarbete", "Allvarlig avvikelse Avslut affärssamarbete")]
    public void Events_are_worded_as_in_the_source(int step, string label, string? headline, string source)
    {
        var at = Some.Ladder.Step(step);

        Assert.That((at.Event.Label.Sv, at.Headline?.Sv, at.Event.SourceText ?? at.Event.Label.Sv), Is.EqualTo((label, headline, source)));
    }

    [TestCase(0, "Anmälan/inrapportering till bevakning", "Riskbedömning", "Dialog med leverantör")]
    [TestCase(1, "Dialog ökad frekvens med leverantör", "Faktainsamling", "Upprätta Handlingsplan")]
    [TestCase(2, "Regelbundna möten med leverantör", "Brev till försäljningschef eller motsvarande", "Sanktioner enligt avtal")]
    [TestCase(3, "Information till Sveriges Regioner", "Brev till VD eller motsvarande", "Affärsmöte med leverantör")]
    [TestCase(4, "Information till Sveriges Regioner", "Affärsmöte företagsledning", "Regiongemensamt möte", "Spärra avtal/leverantör")]
    [TestCase(5, "Information till Sveriges Regioner", "Avslut avtal/samarbete", "Tillsätta krishanteringsgrupp")]
    public void Activities_are_worded_as_in_the_source(int step, params string[] labels) =>
        Assert.That(Some.Ladder.Step(step).Activities.Select(a => a.Label.Sv), Is.EqualTo(labels));

    [TestCase(0, "Instyrning", "Bevakningslista", Forum)]
    [TestCase(1, "Informera Leverantörsvärd", "Kostnader bokförs", Forum)]
    [TestCase(2, "Vid behov involvera kvalitetstekniker", Forum)]
    [TestCase(3, "Vid behov På-plats-besök", "Vid behov Revision", Forum)]
    [TestCase(4, "Vid behov På-plats-besök", "Vid behov Revision", Forum)]
    [TestCase(5, Forum)]
    public void Specific_activities_are_worded_as_in_the_source(int step, params string[] labels) =>
        Assert.That(Some.Ladder.Step(step).SpecificActivities.Select(a => a.SourceText ?? a.Label.Sv), Is.EqualTo(labels));

    [Test]
    public void Vid_behov_is_a_mark_and_no_part_of_the_name_and_nothing_so_marked_is_required()
    {
        var specific = Some.Ladder.Steps.SelectMany(s => s.SpecificActivities).ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(specific.Where(a => a.IfNeeded).Select(a => a.Label.Sv).Distinct(),
                Is.EquivalentTo(new[] { "Involvera kvalitetstekniker", "På-plats-besök", "Revision" }));
            Assert.That(specific.Where(a => a.IfNeeded), Is.All.Property(nameof(LadderActivity.SourceText)).StartsWith("Vid behov "));
            Assert.That(Some.Ladder.Steps.SelectMany(s => s.Required).Where(a => a.IfNeeded || specific.Any(x => x.Code == a.Code)), Is.Empty);
        });
    }

    [Test]
    public void A_common_activity_of_vid_behov_is_not_required_either()
    {
        var edition = Ladders.ParseLadder(Some.Edition(l => l["steps"]![2]!["activities"]![1]!["ifNeeded"] = true));

        Assert.That(edition.Step(2).Required.Select(a => a.Code), Is.EqualTo(new[] { "regularMeetings", "sanctions" }));
    }

    [TestCase(0, "Leverantören", "Beställare/verksamhet")]
    [TestCase(1, "Leverantören (kontaktperson)", "Beställare/verksamhet", "Avtalsansvarig")]
    [TestCase(2, "Leverantören (eskalering till högre nivå än kontaktperson)", "Avtalsansvarig", "Kategoriledare")]
    [TestCase(3, "Leverantören (eskalering till högre nivå än kontaktperson)", "Avtalsansvarig", "Kategoriledare", "Enhetschef")]
    [TestCase(4, "Leverantören (företagsledning)", "Avtalsansvarig", "Kategoriledare", "Enhetschef", "Inköpschef")]
    [TestCase(5, "Leverantören (företagsledning)", "Avtalsansvarig", "Kategoriledare", "Enhetschef", "Inköpschef")]
    public void Dialogue_partners_are_those_of_the_source(int step, string supplier, params string[] region)
    {
        var partners = Some.Ladder.Step(step).DialoguePartners;

        Assert.Multiple(() =>
        {
            Assert.That(partners.Where(p => p.Side == DialogueSide.Supplier).Select(p => p.Label.Sv), Is.EqualTo(new[] { supplier }));
            Assert.That(partners.Where(p => p.Side == DialogueSide.Region).Select(p => p.Label.Sv), Is.EqualTo(region));
        });
    }

    [Test]
    public void The_decision_level_rises_with_the_step() =>
        Assert.That(Some.Ladder.Steps.Select(s => s.DecisionLevel),
            Is.EqualTo(new[] { "orderer", "contractOwner", "categoryLead", "unitManager", "headOfPurchasing", "headOfPurchasing" }));

    [Test]
    public void The_levels_are_known_from_the_lowest_step_up() =>
        Assert.That(Some.Ladder.DecisionLevels(), Is.EqualTo(new[] { "orderer", "contractOwner", "categoryLead", "unitManager", "headOfPurchasing" }));

    [Test]
    public void National_cooperation_begins_at_step_three() =>
        Assert.That(Some.Ladder.Steps.Select(s => s.Kind == "activitiesAndNationalCooperation"), Is.EqualTo(new[] { false, false, false, true, true, true }));

    [Test]
    public void Every_step_has_its_triggers() =>
        Assert.That(Some.Ladder.Steps.Select(s => string.Join(' ', s.Triggers)), Is.EqualTo(new[]
        {
            "Risk Incident SingleDeviation", "RecurringDeviation", "PlanWithoutEffect", "PlanWithoutEffect", "SeriousDeviation", "SeriousDeviation",
        }));

    [TestCaseSource(nameof(Versions))]
    public void Every_text_is_in_both_languages_and_codes_are_unique_within_a_step(string version)
    {
        var steps = Ladders.Find(version)!.Steps;
        var labels = steps.SelectMany(s => s.Activities.Concat(s.SpecificActivities).Select(a => a.Label)
            .Concat(s.DialoguePartners.Select(p => p.Label)).Append(s.Event.Label));

        Assert.Multiple(() =>
        {
            Assert.That(labels.Where(l => string.IsNullOrWhiteSpace(l.Sv) || string.IsNullOrWhiteSpace(l.En)), Is.Empty);
            foreach (var step in steps)
                Assert.That(step.Activities.Concat(step.SpecificActivities).Select(a => a.Code), Is.Unique, $"step {step.Step}");
        });
    }

    [TestCaseSource(nameof(Versions))]
    public void A_source_text_stands_only_where_the_label_departs_from_it(string version)
    {
        var texts = Ladders.Find(version)!.Steps.SelectMany(s => s.Activities.Concat(s.SpecificActivities).Select(a => (a.Label, a.SourceText))
            .Append((s.Event.Label, s.Event.SourceText)));

        Assert.That(texts.Where(t => t.Label.Sv == t.SourceText), Is.Empty);
    }

    [Test]
    public void No_code_knows_an_edition_by_name_but_the_one_that_new_cases_are_opened_under()
    {
        // A file about examples may name the edition that its examples are of.
        var naming = from source in Repository.Sources("src")
                     from version in Ladders.All.Select(l => l.Version)
                     where source.Text.Contains($"\"{version}\"", StringComparison.Ordinal)
                     where Path.GetFileName(source.Path) is not "Examples.cs"
                     select (Path.GetFileName(source.Path), version);

        Assert.That(naming, Is.EqualTo(new[] { ("Ladders.cs", Ladders.Current) }));
    }

    [Test]
    public void The_edition_loads_from_its_own_file() => Assert.That(Ladders.ParseLadder(Some.Edition()).Steps, Has.Count.EqualTo(6));

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("{}")]
    public void What_is_no_ladder_does_not_load(string json) => Assert.That(() => Ladders.ParseLadder(json), Throws.TypeOf<FormatException>());

    [TestCaseSource(nameof(Malformed))]
    public void A_malformed_ladder_does_not_load(Action<JsonNode> change) =>
        Assert.That(() => Ladders.ParseLadder(Some.Edition(change)), Throws.TypeOf<FormatException>());

    private static IEnumerable<TestCaseData> Malformed()
    {
        yield return Case("a step missing", l => l["steps"]!.AsArray().RemoveAt(3));
        yield return Case("steps out of order", l => l["steps"]![0]!["step"] = 1);
        yield return Case("a seventh step", l => l["steps"]!.AsArray().Add(l["steps"]![5]!.DeepClone()));
        yield return Case("no steps", l => l["steps"] = null);
        yield return Case("an unknown trigger", l => l["steps"]![0]!["triggers"]![0] = "weather");
        yield return Case("a trigger by number", l => l["steps"]![0]!["triggers"]![0] = 0);
        yield return Case("a label in one language", l => l["title"]!.AsObject().Remove("en"));
        yield return Case("a label without text", l => l["title"]!["sv"] = null);
        yield return Case("an unknown member", l => l["colour"] = "red");
        yield return Case("an activity without a code", l => l["steps"]![1]!["activities"]![0]!.AsObject().Remove("code"));
        yield return Case("nothing where a step should be", l => l["steps"]![3] = null);
        yield return Case("nothing where an activity should be", l => l["steps"]![3]!["activities"]![0] = null);
        yield return Case("nothing where a specific activity should be", l => l["steps"]![3]!["specificActivities"]![0] = null);
        yield return Case("nothing where a dialogue partner should be", l => l["steps"]![3]!["dialoguePartners"]![0] = null);
        yield return Case("nothing where a kind's label should be", l => l["kinds"]!["activities"] = null);
        yield return Case("a step of an unknown kind", l => l["steps"]![3]!["kind"] = "nationalCooperation");
        yield return Case("a kind that no step is of", l => l["kinds"]!["nationalCooperation"] = l["kinds"]!["activities"]!.DeepClone());
        yield return Case("a dialogue partner twice in a step", l => l["steps"]![3]!["dialoguePartners"]![1]!["code"] = "categoryLead");
        yield return Case("a trigger twice in a step", l => l["steps"]![0]!["triggers"]![1] = "risk");
        yield return Case("an activity twice in a step", l => l["steps"]![3]!["activities"]![1]!["code"] = "informRegions");
        yield return Case("nobody in the region to decide", l => l["steps"]![2]!["dialoguePartners"]!.AsArray().Clear());

        static TestCaseData Case(string name, Action<JsonNode> change) => new TestCaseData(change).SetArgDisplayNames(name);
    }

    private static IEnumerable<string> Versions() => Ladders.All.Select(l => l.Version);
}
