using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>The edition 2024-kalmar and its glossary say what Region Kalmar läns eskaleringstrappa 2024 says, word by word.</summary>
public class KalmarLadderTests
{
    private const string Meetings = "Interna avstämningsmöten";
    private const string Register = "Registrera avvikelse i Stella eller avtalskatalogen";
    private const string Unit = " på Upphandlingsenheten";

    private static readonly LadderDefinition Kalmar = Ladders.Find("2024-kalmar")!;
    private static readonly Glossary Glossary = Ladders.FindGlossary("2024-kalmar")!;

    [Test]
    public void Its_front_says_what_the_source_says()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Kalmar.Title.Sv, Is.EqualTo("REGION KALMAR LÄNS ESKALERINGSTRAPPA 2024").IgnoreCase);
            Assert.That(Kalmar.Subtitle.Sv, Is.EqualTo("AKTIVITETSBASERAT ARBETSFLÖDE VID LEVERANTÖRSRELATERADE AVVIKELSER").IgnoreCase);
            Assert.That(Kalmar.Motto, Is.Null);
            Assert.That((Kalmar.Owner, Kalmar.Scope), Is.EqualTo(("Region Kalmar län", "region")));
            Assert.That(Kalmar.Steps.Select(s => Kalmar.Kinds[s.Kind].Sv), Is.EqualTo(new[]
            {
                "Regionala aktiviteter", "Regionala aktiviteter", "Regionala aktiviteter",
                "Regiongemensamma aktiviteter", "Regiongemensamma aktiviteter", "Regiongemensamma aktiviteter",
            }));
            Assert.That(Kalmar.Steps.Where(s => s.Headline is not null), Is.Empty);
        });
    }

    [TestCase(0, "Enstaka avvikelser", "Enstaka avvikelser")]
    [TestCase(1, "Återkommande avvikelser/allvarlig avvikelse", "Återkommande avvikelser/ allvarlig avvikelse")]
    [TestCase(2, "Handlingsplan följs inte eller återkommande avvikelser/allvarlig avvikelse", "Handlingsplan följs inte eller återkommande avvikelser/ allvarlig avvikelse")]
    [TestCase(3, "Handlingsplan utan avsedd effekt eller återkommande avvikelse/allvarlig avvikelse", "Handlingsplan utan avsedd effekt eller återkommande avvikelse/ allvarlig avvikelse")]
    [TestCase(4, "Handlingsplan utan avsedd effekt eller återkommande avvikelse/allvarlig avvikelse", "Handlingsplan utan avsedd effekt eller återkommande avvikelse/allvarlig avvikelser")]
    [TestCase(5, "Fortsatta avvikelser. Ingen lösning på problemet – samarbetet fungerar inte", "Fortsatta avvikelser. Ingen lösning på problemet – samarbetet fungerar inte")]
    public void Events_are_worded_as_in_the_source_and_its_slips_are_corrected(int step, string label, string source)
    {
        var at = Kalmar.Step(step).Event;

        Assert.That((at.Label.Sv, at.SourceText ?? at.Label.Sv), Is.EqualTo((label, source)));
    }

    [Test]
    public void Every_step_has_its_triggers() =>
        Assert.That(Kalmar.Steps.Select(s => string.Join(' ', s.Triggers)), Is.EqualTo(new[]
        {
            "SingleDeviation", "RecurringDeviation SeriousDeviation", "PlanNotFollowed RecurringDeviation SeriousDeviation",
            "PlanWithoutEffect RecurringDeviation SeriousDeviation", "PlanWithoutEffect RecurringDeviation SeriousDeviation", "NoSolution",
        }));

    [TestCase(0, "Riskbedömning", "Dialog med leverantör")]
    [TestCase(1, "Dialog ökad frekvens", "Dokumentation", "Upprätta Handlingsplan")]
    [TestCase(2, "Regelbundna möten", "Information till avtalets kontaktperson eller motsvarande", "Sanktioner enligt avtal")]
    [TestCase(3, "Affärsmöte", "Information Nationellt", "Brev till VD eller motsvarande")]
    [TestCase(4, "Affärsmöte företagsledning", "Regiongemensamt möte", "Information Nationellt", "Spärra avtal/leverantör")]
    [TestCase(5, "Avslut avtal/samarbete", "Information Nationellt", "Tillsätta krishanteringsgrupp")]
    public void Activities_are_worded_as_in_the_source(int step, params string[] labels) =>
        Assert.That(Kalmar.Step(step).Activities.Select(a => a.Label.Sv), Is.EqualTo(labels));

    [TestCase(0, Register)]
    [TestCase(1, "Informera avtalsansvarig", Register)]
    [TestCase(2, Meetings)]
    [TestCase(3, "Vid behov På-plats-besök", Meetings)]
    [TestCase(4, "Vid behov På-plats-besök", Meetings)]
    [TestCase(5, Meetings)]
    public void Specific_activities_are_worded_as_in_the_source(int step, params string[] labels) =>
        Assert.That(Kalmar.Step(step).SpecificActivities.Select(a => a.IfNeeded ? $"Vid behov {a.Label.Sv}" : a.Label.Sv), Is.EqualTo(labels));

    [TestCase(0, "Leverantören", "Beställare/verksamhet")]
    [TestCase(1, "Leverantören (kontaktperson)", "Beställare/verksamhet", "Avtalsansvarig" + Unit)]
    [TestCase(2, "Leverantören", "Avtalsansvarig" + Unit)]
    [TestCase(3, "Leverantören (eskalering till högre nivå än kontaktperson)", "Avtalsansvarig" + Unit, "1:a linjens chef" + Unit)]
    [TestCase(4, "Leverantören (företagsledning)", "Avtalsansvarig" + Unit, "1:a linjens chef" + Unit, "Basenhetschef" + Unit)]
    [TestCase(5, "Leverantören (företagsledning)", "Avtalsansvarig" + Unit, "1:a linjens chef" + Unit, "Basenhetschef" + Unit)]
    public void Dialogue_partners_are_those_of_the_source(int step, string supplier, params string[] region)
    {
        var partners = Kalmar.Step(step).DialoguePartners;

        Assert.That(partners.Select(p => (p.Side, p.Label.Sv)),
            Is.EqualTo(region.Select(r => (DialogueSide.Region, r)).Prepend((DialogueSide.Supplier, supplier))));
    }

    [Test]
    public void The_decision_level_rises_with_the_step() =>
        Assert.That(Kalmar.Steps.Select(s => s.DecisionLevel),
            Is.EqualTo(new[] { "orderer", "contractOwner", "contractOwner", "firstLineManager", "baseUnitManager", "baseUnitManager" }));

    [TestCase("Händelse", "Avvikelse eller identifierad risk som leder till, eller skulle kunna leda till, en händelse med negativ effekt")]
    [TestCase("Dialogparter", "De funktioner som hanterar avvikelse/uppföljning")]
    [TestCase("Avvikelse", "Icke uppfyllande av ett krav")]
    [TestCase("Allvarlig avvikelse", "Icke uppfyllande av ett krav som får stora konsekvenser för verksamhet, patient, ekonomi, miljö eller liknande")]
    [TestCase("Regionsgemensam aktivitet", "Gemensamma aktiviteter som genomförs av de regioner som använder sig av regionsgemensam eskaleringstrappa")]
    [TestCase("Regionala aktiviteter", "Aktiviteter på regional nivå, aktiviteter utifrån respektive regions struktur för hantering av leverantörsrelaterade avvikelser anges här")]
    public void A_term_of_the_regions_is_told_in_its_words(string term, string source)
    {
        var found = Glossary.Terms.Single(t => t.Term.Sv == term);

        Assert.Multiple(() =>
        {
            Assert.That(found.SourceText ?? found.Definition.Sv, Is.EqualTo(source));
            Assert.That(found.DefinedBy, Is.EqualTo("Region Kalmar län"));
            Assert.That(found.Source, Does.Contain("Region Kalmar läns eskaleringstrappa 2024").And.Contain("definitioner"));
        });
    }

    [Test]
    public void What_the_ladder_uses_without_defining_it_is_marked_as_ours()
    {
        var ours = Glossary.Terms.Where(t => t.DefinedBy != "Region Kalmar län").ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(Glossary.Terms.Count - ours.Length, Is.EqualTo(6));
            Assert.That(ours.Select(t => t.Term.Sv), Is.EquivalentTo(new[]
            {
                "Regionspecifika aktiviteter", "Riskbedömning", "Leverantör", "Dialog med leverantör", "Stella", "Avtalskatalogen", "Avtalsansvarig",
                "1:a linjens chef", "Basenhetschef", "Upphandlingsenheten", "Handlingsplan", "Återkommande", "Sanktioner", Meetings, "Affärsmöte",
                "Information Nationellt", "Regiongemensamt möte", "Krishanteringsgrupp",
            }));
            Assert.That(ours, Is.All.Property(nameof(GlossaryTerm.DefinedBy)).EqualTo("platform"));
            Assert.That(ours, Is.All.Property(nameof(GlossaryTerm.Source)).Contains("Region Kalmar läns eskaleringstrappa 2024 utan definition"));
        });
    }
}
