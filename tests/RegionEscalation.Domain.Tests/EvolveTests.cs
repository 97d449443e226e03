using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Deviations;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests;

/// <summary>Replaying is folding: a case is its events and nothing else.</summary>
public class EvolveTests
{
    [TestCaseSource(typeof(States), nameof(States.Named))]
    public void The_version_counts_the_events(object state)
    {
        var given = (GivenCase)state;

        Assert.That((given.State.Version, given.State.UpdatedAt), Is.EqualTo(((long)given.History.Count, given.History[^1].At)));
    }

    [TestCaseSource(typeof(States), nameof(States.Named))]
    public void Replaying_the_events_gives_the_same_case(object state)
    {
        var given = (GivenCase)state;

        var replayed = given.History.Aggregate((EscalationCase?)null, EscalationCase.Evolve)!;

        Assert.That(replayed, Is.EqualTo(given.State).UsingPropertiesComparer());
    }

    [Test]
    public void A_stream_begins_with_the_case_being_opened_and_only_once()
    {
        var given = GivenCase.AtStep(0);

        Assert.Multiple(() =>
        {
            Assert.That(() => EscalationCase.Evolve(null, given.History[1]), Throws.InvalidOperationException);
            Assert.That(() => EscalationCase.Evolve(given.State, given.History[0]), Throws.InvalidOperationException);
        });
    }

    [Test]
    public void Only_an_existing_case_takes_commands_but_for_opening_it()
    {
        var given = GivenCase.AtStep(0);

        Assert.Multiple(() =>
        {
            Assert.That(() => CaseDecider.Decide(new AttachDeviation(null), null, given.Context), Throws.InvalidOperationException);
            Assert.That(() => given.When(Some.Opening(0, Trigger.Risk, Some.Reported(Some.Start))), Throws.InvalidOperationException);
        });
    }

    [Test]
    public void A_deviations_version_counts_its_events()
    {
        var resolved = Some.Resolved(Some.Deviation(Some.Start), Some.Start.AddDays(1));

        Assert.That((resolved.Version, resolved.UpdatedAt), Is.EqualTo((4L, Some.Start.AddDays(1))));
    }

    [Test]
    public void A_deviations_stream_begins_with_its_report_and_only_once()
    {
        var report = new DeviationReported(Some.Start, Guid.NewGuid(), Some.Supplier, Some.Contract().Reference(), "Krav 4.2",
            "Utebliven leverans", null, Some.Start, Some.Reporter);

        Assert.Multiple(() =>
        {
            Assert.That(() => Deviation.Evolve(null, new DeviationHandled(Some.Start, "Ersatt", "Avtalsansvarig")), Throws.InvalidOperationException);
            Assert.That(() => Deviation.Evolve(Deviation.Evolve(null, report), report), Throws.InvalidOperationException);
        });
    }

    [Test]
    public void A_case_keeps_the_edition_and_the_contract_it_was_opened_under()
    {
        var given = GivenCase.AtStep(4);

        Assert.That((given.State.LadderVersion, given.State.Contract), Is.EqualTo(("2026", Some.Contract().Reference())));
    }
}
