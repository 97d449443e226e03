using RegionEscalation.Domain.Regions;
using RegionEscalation.NationalApi;
using RegionEscalation.Storage;

namespace RegionEscalation.Host;

/// <summary>
/// <c>infra/run.sh verify</c> replays every stream of every region, and every joint regional meeting, and compares it with what is stored of it;
/// <c>infra/run.sh rebuild</c> writes what is stored of the regions' streams anew first.
/// </summary>
internal static class Verification
{
    /// <summary>Looks only: it neither migrates nor rebuilds, or it would overwrite what it is to find.</summary>
    public const string Verify = "verify";
    private const string Rebuild = "rebuild";

    public static string[] Verbs { get; } = [Verify, Rebuild];

    /// <returns>0 when everything agrees, 1 when anything differs.</returns>
    public static async Task<int> RunAsync(Databases databases, string[] args)
    {
        var verifier = new StreamVerifier(databases.Application);
        var differs = false;
        foreach (var region in Region.All)
        {
            if (args.Contains(Rebuild))
                await StreamRebuilder.RebuildAsync(databases.Application, RegionScope.For(region.Code), CancellationToken.None);
            var report = await verifier.VerifyAsync(RegionScope.For(region.Code), CancellationToken.None);
            Console.WriteLine($"{region.Code} {region.Name}: {report.Streams} streams, {report.Events} events, {report.Mismatches.Count} mismatches");
            foreach (var mismatch in report.Mismatches)
                Console.WriteLine($"   {mismatch.StreamType} {mismatch.StreamId}: {mismatch.Problem}");
            differs |= report.Mismatches.Count > 0;
        }
        var meetings = await JointMeetingVerifier.VerifyAsync(databases.National, CancellationToken.None);
        Console.WriteLine($"Joint regional meetings: {meetings.Meetings} streams, {meetings.Events} events, {meetings.Mismatches.Count} mismatches");
        foreach (var (meeting, problem) in meetings.Mismatches)
            Console.WriteLine($"   {meeting}: {problem}");
        return differs || meetings.Mismatches.Count > 0 ? 1 : 0;
    }
}
