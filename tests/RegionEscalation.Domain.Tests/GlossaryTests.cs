using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>LfU's definitions in LfU's words; where a slip is corrected, the source's own wording stands beside it; our own words are marked as ours.</summary>
public class GlossaryTests
{
    private static readonly Glossary Glossary = Ladders.FindGlossary("2026")!;

    [TestCase("Affärsmöte", "Ett möte på övergripande strategisk nivå inom ramen av alla avtalsområden för en specifik leverantör.")]
    [TestCase("Allvarlig avvikelse", "Ikke uppfyllande av ett krav som får stora konsekvenser för verksamhet, patient, ekonomi, miljö eller liknande.")]
    [TestCase("Avtalsansvarig", "Benämningen kan variera från region till region. Avtalsansvarig är den person som är leverantörens kontaktperson under avtalstiden. Kan vara inköpare, upphandlare.")]
    [TestCase("Avvikelse", "Ikke uppfyllande av ett krav.")]
    [TestCase("Dialog med leverantör", "Kommunikation med leverantör såsom tex leverantörmöte, mailkorrenspondens, telefonsamtal.")]
    [TestCase("Dialogparter", "De funktioner som hanterar avvikelse/uppföljning.")]
    [TestCase("Händelse", "Avvikelse, incident eller identifierad risk som leder till, eller skulle kunna leda till, en händelse med negativ effekt.")]
    [TestCase("Ledningsnätverket för regionernas Upphandling (LfU)", "Utgörs av regionernas upphandlingschefer samt jurist och upphandlingsexpert från SKR.")]
    [TestCase("Leverantör", "Med leverantör avses regionens kontraktspart. Det är alltid kontraktspartens ansvar att säkerställa att avvikelser släcks, även när denna sker hos tredje part, såsom hos en underleverantör.")]
    [TestCase("Aktivitet", "Aktiviteter, steg 0-2, för hantering av leverantörsrelaterade avvikelser.")]
    [TestCase("Aktiviteter och nationell samverkan", "Aktiviteter, steg 3-5, för hantering av leverantörsrelaterade avvikelser inkluderar nationell samverkan.")]
    [TestCase("Specifika aktiviteter", "Specifika åtgärder som varje enskild region eller organisation kan vidta efter egna möjligheter")]
    [TestCase("Risk & konsekvensanalys", "Bedömning av risk för sannolikhet och konsekvens av potentiell eller pågående avvikelse.")]
    [TestCase("Sanktioner", "Påföljd utifrån gällande avtal, såsom tex vite, avslut av avtal eller liknande.")]
    [TestCase("Underleverantör", "Aktör i hela leveranskedjan bortom kontraktsparten.")]
    [TestCase("Frågor", "Vid frågor kopplat till ett specifikt avtal med en region kontaktas respektive regions avtalsansvarig.")]
    public void A_term_of_LfUs_is_told_in_LfUs_words(string term, string source)
    {
        var found = Glossary.Terms.Single(t => t.Term.Sv == term);

        Assert.Multiple(() =>
        {
            Assert.That(found.SourceText ?? found.Definition.Sv, Is.EqualTo(source));
            Assert.That(found.DefinedBy, Is.EqualTo("LfU"));
            Assert.That(found.Source, Does.Contain("Definitioner & Förtydliganden"));
        });
    }

    [TestCase("Avvikelse", "Icke uppfyllande av ett krav.")]
    [TestCase("Allvarlig avvikelse", "Icke uppfyllande av ett krav som får stora konsekvenser för verksamhet, patient, ekonomi, miljö eller liknande.")]
    public void A_slip_of_the_source_is_corrected_in_the_definition(string term, string corrected) =>
        Assert.That(Glossary.Terms.Single(t => t.Term.Sv == term).Definition.Sv, Is.EqualTo(corrected));

    [Test]
    public void The_ground_of_LOU_is_corrected_too()
    {
        var ground = Glossary.Terms.Single(t => t.Term.Sv == "LOU 13 kap. 3 § punkt 5");

        Assert.Multiple(() =>
        {
            Assert.That(ground.SourceText, Does.Contain("det tidigare kontraktet har sagt upp i förtid eller lett till skadestånd"));
            Assert.That(ground.Definition.Sv, Is.EqualTo(ground.SourceText?.Replace("har sagt upp i förtid", "har sagts upp i förtid", StringComparison.Ordinal)));
            Assert.That(ground.DefinedBy, Is.EqualTo("LfU"));
        });
    }

    [TestCaseSource(nameof(Editions))]
    public void A_source_text_stands_only_where_something_is_corrected(string ladder) =>
        Assert.That(Ladders.FindGlossary(ladder)!.Terms.Where(t => t.SourceText == t.Definition.Sv), Is.Empty);

    [Test]
    public void What_the_ladder_uses_without_defining_it_is_marked_as_ours()
    {
        var ours = Glossary.Terms.Where(t => t.DefinedBy != "LfU").ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(ours.Select(t => t.Term.Sv), Is.EquivalentTo(new[]
            {
                "Forum Leverantörsuppföljning", "Bevakningslista", "Instyrning", "Leverantörsvärd", "Business on hold", "Regiongemensamt möte",
                "Krishanteringsgrupp", "Handlingsplan", "Kategoriledare", "Kvalitetstekniker", "Incident", "Återkommande",
            }));
            Assert.That(ours, Is.All.Property(nameof(GlossaryTerm.DefinedBy)).EqualTo("platform"));
            Assert.That(ours, Is.All.Property(nameof(GlossaryTerm.Source)).Contains("utan definition"));
        });
    }

    [TestCaseSource(nameof(Editions))]
    public void Every_term_has_a_code_of_its_own_and_both_languages(string ladder)
    {
        var terms = Ladders.FindGlossary(ladder)!.Terms;

        Assert.Multiple(() =>
        {
            Assert.That(terms.Select(t => t.Code), Is.Unique);
            Assert.That(terms.SelectMany(t => new[] { t.Term.Sv, t.Term.En, t.Definition.Sv, t.Definition.En }).Where(string.IsNullOrWhiteSpace), Is.Empty);
        });
    }

    [Test]
    public void Every_ladder_has_a_glossary() =>
        Assert.That(Ladders.All.Select(l => l.Version), Is.EquivalentTo(Ladders.Glossaries.Select(g => g.Ladder)));

    [TestCaseSource(nameof(Editions))]
    public void What_stands_over_the_steps_is_explained_and_nobody_defines_but_the_owner_and_the_platform(string ladder)
    {
        var edition = Ladders.Find(ladder)!;
        var terms = Ladders.FindGlossary(ladder)!.Terms;

        Assert.Multiple(() =>
        {
            Assert.That(terms.Select(t => t.Code), Is.SupersetOf(edition.Kinds.Keys));
            Assert.That(terms.Select(t => t.DefinedBy).Distinct(), Is.EquivalentTo(new[] { edition.Owner, "platform" }));
        });
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("""{ "ladder": "2026", "terms": [null] }""")]
    [TestCase("""{ "ladder": "2026", "terms": [{ "code": "x" }] }""")]
    public void What_is_no_glossary_does_not_load(string json) => Assert.That(() => Ladders.ParseGlossary(json), Throws.TypeOf<FormatException>());

    private static IEnumerable<string> Editions() => Ladders.Glossaries.Select(g => g.Ladder);
}
