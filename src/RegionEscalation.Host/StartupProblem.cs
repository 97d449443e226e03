using Microsoft.Extensions.Options;
using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.Host;

/// <summary>The host cannot start, for a reason that whoever started it can remove.</summary>
/// <remarks>It is printed as a single line instead of a stack trace, so it says what is wrong, where, and what to do.</remarks>
#pragma warning disable CA1710 // It is an answer to the person at the terminal, and named as such.
public sealed class StartupProblem(string oneLine, Exception? cause = null) : Exception(oneLine, cause)
#pragma warning restore CA1710
{
    /// <summary>The line to print; null for a fault that deserves its stack trace.</summary>
    public static string? LineFor(Exception e) => e switch
    {
        StartupProblem or ChangedMigrationException or NewerDatabaseException => e.Message,
        OptionsValidationException options => string.Join(" ", options.Failures),
        NpgsqlException => "PostgreSQL: " + e.Message.ReplaceLineEndings(" "),
        _ => null,
    };
}
