using RegionEscalation.Host.Development;

namespace RegionEscalation.Host;

/// <summary>What the host can be told at its start; settings follow as <c>--key=value</c>.</summary>
internal static class Usage
{
    /// <exception cref="StartupProblem">An argument is neither a setting nor anything the host does: a misspelt verb must not start a server.</exception>
    public static void Check(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var isValue = i > 0 && args[i - 1].StartsWith("--", StringComparison.Ordinal) && !args[i - 1].Contains('=', StringComparison.Ordinal) && args[i - 1] != Demo.Switch;
            if (args[i] == "--help" || !(isValue || args[i].StartsWith("--", StringComparison.Ordinal) || Verification.Verbs.Contains(args[i])))
                throw new StartupProblem("Usage: infra/run.sh [--demo | verify | rebuild]");
        }
    }
}
