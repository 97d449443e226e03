using System.Reflection;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>No event goes untold, in neither language, and none is told in the words of a program.</summary>
public class NarrativeCompletenessTests
{
    private static readonly EscalationCase Case = EscalationCase.Evolve(null, new CaseOpened(
        Some.Start, Guid.NewGuid(), null, Some.Supplier, Some.Contract().Reference(), "2026", 0, Some.Basis(Trigger.Risk, Some.Document()), []));

    public static IEnumerable<Type> Events => typeof(CaseEvent).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(CaseEvent)) && !t.IsAbstract);

    /// <summary>Those that change a record which another event has made.</summary>
    public static IEnumerable<Type> Changes => Events.Where(t => t.BaseType is { IsGenericType: true } changes && changes.GetGenericTypeDefinition() == typeof(RecordChanged<>));

    public static IEnumerable<Type> OfEvidence =>
        Events.Where(t => t.Name.StartsWith(nameof(ExclusionEvidence), StringComparison.Ordinal) || t == typeof(SelfCleaningRecorded));

    [TestCaseSource(nameof(Events))]
    public void Every_event_is_told_in_full_sentences(Type type)
    {
        for (var variant = 0; variant < Filler.Variants; variant++)
        {
            var told = Tell((CaseEvent)new Filler(variant, TextOf).Build(type), Case);

            Assert.Multiple(() =>
            {
                Assert.That(told.Text.Sv, Is.Not.EqualTo(told.Text.En), "two languages");
                Assert.That(told.Rule, Does.Match("^R-[A-Z][0-9]+[ab]?(, R-[A-Z][0-9]+[ab]?)*$"));
                foreach (var sentence in new[] { told.Text.Sv, told.Text.En })
                {
                    Assert.That(sentence, Does.Match(@"^\p{Lu}.*\.$"), "a capital first, a full stop last");
                    Assert.That(sentence, Does.Not.Match(@"\p{Ll}\p{Lu}|[{}]"), "no code");
                    Assert.That(sentence, Does.Not.Match(@"  | [.,;:]|\.\.|\(\)|”“|[0-9a-f]{8}-"), "nothing left out, nothing twice, no id");
                }
            });
        }
    }

    /// <summary>The same with what the event is about at hand: its record, as an event of this kind finds it.</summary>
    [TestCaseSource(nameof(Changes))]
    public void What_a_later_event_is_about_is_told_in_words_too(Type type)
    {
        for (var variant = 0; variant < Filler.Variants; variant++)
        {
            var filler = new Filler(variant, TextOf);
            var record = (CaseRecord)filler.Build(type.BaseType!.GetGenericArguments()[0]) with { Id = Guid.NewGuid() };
            var e = (RecordEvent)filler.Build(type) with { RecordId = record.Id };

            var told = Tell(e, Case with { Records = [record] });

            Assert.That(told.Text.Sv + told.Text.En, Does.Not.Match(@"\p{Ll}\p{Lu}|[{}]|  | [.,;:]|\.\."));
            Assert.That(told.Text.Sv, Is.Not.EqualTo(told.Text.En));
        }
    }

    /// <summary>LOU 13:3–13:5: whoever procures judges for itself, and no sentence of ours does it for them.</summary>
    [TestCaseSource(nameof(OfEvidence))]
    public void The_file_of_evidence_never_sounds_like_a_verdict(Type type)
    {
        for (var variant = 0; variant < Filler.Variants; variant++)
        {
            var told = Tell((CaseEvent)new Filler(variant, TextOf).Build(type), Case).Text;

            Assert.Multiple(() =>
            {
                Assert.That(told.Sv, Does.Not.Match("(?i)uteslut|olämplig|diskvalific|svartlist|skyldig|bevisat|misskött"));
                Assert.That(told.En, Does.Not.Match("(?i)exclu|unfit|disqualif|blacklist|guilty|proven|misconduct"));
                Assert.That(told.Sv, Does.EndWith("; egen bedömning krävs (13 kap. 3–5 §§ LOU)."));
                Assert.That(told.En, Does.EndWith("; whoever procures makes its own assessment (chapter 13 sections 3–5)."));
            });
        }
    }

    private static Narration Tell(CaseEvent e, EscalationCase c) => CaseNarrative.Tell(e, 1, c, Ladders.Find);

    /// <summary>Editions by their names, the rest in words; a code that nothing explains is any word too.</summary>
    private static string? TextOf(ParameterInfo parameter) => (parameter.Member.DeclaringType!.Name, parameter.Name) switch
    {
        (nameof(CaseMigratedToLadder), "From") => "2024-kalmar",
        (nameof(CaseMigratedToLadder), "To") or (_, "LadderVersion") => "2026",
        (nameof(Supplier), "OrganisationNumber") => Some.Supplier.OrganisationNumber,
        (nameof(DecisionMaker), "Level") => "unitManager",
        (nameof(StepDeadline), "Code") => Obligations.ReturnCriteriaCode,
        (nameof(ActivityCompleted), "Code") => "someThingOfTheRegions",
        _ => null,
    };
}
