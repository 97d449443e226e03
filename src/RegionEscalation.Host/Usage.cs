namespace RegionEscalation.Host;

/// <summary>What the host can be told at its start; settings follow as <c>--key=value</c>.</summary>
internal static class Usage
{
    /// <exception cref="StartupProblem">The first argument is neither a setting nor anything the host does: a misspelt verb must not start a server.</exception>
    public static void Check(string[] args)
    {
        if (args is [var first, ..] && (first == "--help" || !(first.StartsWith("--", StringComparison.Ordinal) || Verification.Verbs.Contains(first))))
            throw new StartupProblem("Usage: infra/run.sh [--demo | verify | rebuild]");
    }
}
