using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Walks;

/// <summary>
/// Thousands of cases walked through their lives at random, under every edition and any settings. A walk that breaks an invariant is printed
/// as short as it can be made, with the seed that finds it again.
/// </summary>
public class WalkTests
{
    private const int Many = 10_000;
    private const int Some = 1_000;
    private const ulong Seed = 20260302;
    private const ulong Gamma = 9;

    [Test]
    public void Whatever_is_asked_of_a_case_the_invariants_hold()
    {
        var reached = new Coverage();

        Run(new Rnd(Seed, Gamma), Many, reached);

        TestContext.Out.WriteLine(reached);
        Assert.Multiple(() =>
        {
            Assert.That(reached.Of("step").Keys, Is.EquivalentTo(Ladders.All.SelectMany(l => l.Steps.Select(s => $"{l.Version} {s.Step}"))));
            Assert.That(reached.Of("outcome").Keys, Is.EquivalentTo(Enum.GetNames<CaseOutcome>()));
            Assert.That(Types<CaseEvent>().Except(reached.Of("event").Keys), Is.Empty, "events that never happened");
            Assert.That(Types<CaseCommand>().Select(c => $"{c} accepted").Except(reached.Of("command").Keys), Is.Empty, "commands that were never accepted");
        });
    }

    [Test]
    public void They_hold_for_other_walks_in_every_run()
    {
        var seed = new Rnd((ulong)System.Random.Shared.NextInt64());
        TestContext.Out.WriteLine($"Seed {seed.Seed}, {seed.Gamma}.");
        Run(seed, Some, null);
    }

    private static IEnumerable<string> Types<T>() =>
        typeof(T).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(T))).Select(t => t.Name);

    private static void Run(Rnd seed, int walks, Coverage? coverage) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(walks).WithReplay(FSharpOption<Replay>.Some(new Replay(seed, FSharpOption<int>.None)))
            .WithParallelRunConfig(FSharpOption<ParallelRunConfig>.Some(new ParallelRunConfig(Environment.ProcessorCount))),
        Prop.ForAll(Walks.Walk.Any, walk => new Walker(walk, coverage).Go()));
}
