using FsCheck;
using FsCheck.Fluent;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Walks;

internal enum MoveKind
{
    /// <summary>Something that brings the case nearer to where the walk is going.</summary>
    Toward,

    /// <summary>Any command that there is, as sensible as the case allows.</summary>
    Any,

    /// <summary>Any command that there is, wrong in one way or another.</summary>
    Wild,

    /// <summary>Something about a deviation: reported, assessed, reclassified, handled or fed back.</summary>
    Deviation,

    /// <summary>Time is noted, or the catalogue says something else of the case's contract.</summary>
    Time,
}

/// <param name="Seed">What is drawn from within the move, so that the same move in the same state is the same command.</param>
/// <param name="Hours">How long after the move before.</param>
internal sealed record Move(MoveKind Kind, int Seed, int Hours);

/// <summary>A walk of a case through its life: what is drawn, and nothing of what comes of it.</summary>
/// <param name="Settings">What the region's settings are drawn from; 0 for the defaults.</param>
/// <param name="Top">The step that the walk climbs to before it turns to its end.</param>
internal sealed record Walk(string Edition, int Settings, int Top, CaseOutcome End, IReadOnlyList<Move> Moves)
{
    private const int Longest = 40;

    private static readonly Gen<int> Hours = Gen.Frequency(
        (8, Gen.Constant(0)), (6, Gen.Choose(1, 47)), (4, Gen.Choose(48, 24 * 40)), (1, Gen.Choose(24 * 40, 24 * 400)));

    private static readonly Gen<MoveKind> Kinds = Gen.Frequency(
        (24, Gen.Constant(MoveKind.Toward)), (6, Gen.Constant(MoveKind.Any)), (4, Gen.Constant(MoveKind.Wild)), (3, Gen.Constant(MoveKind.Deviation)),
        (1, Gen.Constant(MoveKind.Time)));

    private static readonly Gen<Move> AMove =
        from kind in Kinds from seed in Gen.Choose(0, int.MaxValue - 1) from hours in Hours select new Move(kind, seed, hours);

    public static Arbitrary<Walk> Any { get; } = Arb.From(
        from edition in Gen.Elements(Ladders.All.Select(l => l.Version))
        from settings in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(1, int.MaxValue - 1)))
        from top in Gen.Elements(0, 1, 2, 3, 3, 4, 4, 5, 5)
        from end in Gen.Frequency((4, Gen.Constant(CaseOutcome.Resolved)), (4, Gen.Constant(CaseOutcome.Terminated)), (2, Gen.Elements(Enum.GetValues<CaseOutcome>())))
        from length in Gen.Frequency((1, Gen.Choose(1, Longest)), (1, Gen.Choose(Longest - 12, Longest)))
        from moves in Gen.ArrayOf(AMove, length)
        select new Walk(edition, settings, top, end, moves), Smaller);

    /// <summary>What was done and what came of it; FsCheck prints it of a walk that breaks something.</summary>
    public override string ToString()
    {
        var walker = new Walker(this);
        string broken;
        try
        {
            walker.Go();
            broken = "nothing is broken";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            broken = e.Message;
        }
        return string.Join('\n', [$"under {Edition}, settings {Settings}, up to {Top} and then {End}:", .. walker.Log, $"=> {broken}"]);
    }

    /// <summary>The same walk without some of its moves, without some of its waiting, and with the default settings.</summary>
    private static IEnumerable<Walk> Smaller(Walk walk)
    {
        for (var size = walk.Moves.Count / 2; size >= 1; size /= 2)
        {
            for (var at = 0; at + size <= walk.Moves.Count; at += size)
                yield return walk with { Moves = [.. walk.Moves.Take(at), .. walk.Moves.Skip(at + size)] };
        }
        if (walk.Settings != 0)
            yield return walk with { Settings = 0 };
        for (var i = 0; i < walk.Moves.Count; i++)
        {
            if (walk.Moves[i].Hours > 0)
                yield return walk with { Moves = [.. walk.Moves.Select((m, x) => x == i ? m with { Hours = 0 } : m)] };
        }
    }
}
