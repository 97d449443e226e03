using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace RegionEscalation.Host.Development;

/// <summary>The programs of one installed PostgreSQL.</summary>
internal sealed partial record PostgresBinaries(string Folder, int Major)
{
    public const int OldestMajor = 15;

    private const string DebianFolder = "/usr/lib/postgresql";

    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>The newest PostgreSQL, or the one of the data's major version when there are data.</summary>
    /// <exception cref="StartupProblem">None is installed that can be used.</exception>
    public static PostgresBinaries Find(string? chosenFolder, string data)
    {
        var dataMajor = MajorOf(data);
        var installed = new List<int>();
        foreach (var candidate in chosenFolder is null ? Debian().Concat(OnPath()) : [Chosen(chosenFolder)])
        {
            if (candidate.Major >= OldestMajor && candidate.Major == (dataMajor ?? candidate.Major))
                return candidate;
            installed.Add(candidate.Major);
        }

        throw new StartupProblem(
            dataMajor is null
                ? $"PostgreSQL {OldestMajor} or later is needed and was not found ({Listed(installed)}): install it, set EmbeddedPostgres__Binaries to its bin folder, or set ConnectionStrings__Escalation."
                : $"The data in {data} were written by PostgreSQL {dataMajor}, which is not installed ({Listed(installed)}): install that version, or move the folder away to start empty.");
    }

    private static string Listed(List<int> majors) =>
        majors.Count == 0 ? "no PostgreSQL found" : $"found: {string.Join(", ", majors.Distinct())}";

    private static int? MajorOf(string data)
    {
        if (!Directory.Exists(data))
            return null;
        var file = Path.Combine(data, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new StartupProblem($"{data} is not a PostgreSQL data folder: move it away to start empty.");
    }

    private static PostgresBinaries Chosen(string folder) =>
        In(folder) ?? throw new StartupProblem($"EmbeddedPostgres__Binaries is {folder}, where no initdb and postgres can be run.");

    private static IEnumerable<PostgresBinaries> Debian() =>
        !Directory.Exists(DebianFolder)
            ? []
            : from folder in Directory.EnumerateDirectories(DebianFolder)
              let bin = Path.Combine(folder, "bin")
              // A client-only installation has the folder, without the server.
              where File.Exists(Path.Combine(bin, "postgres"))
              let major = int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var number) ? number : 0
              orderby major descending
              select new PostgresBinaries(bin, major);

    private static IEnumerable<PostgresBinaries> OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => new FileInfo(Path.Combine(folder, "initdb")))
            .Where(file => file.Exists)
            // Only the folder that a link leads to has the other programs as well.
            .Select(file => In(Path.GetDirectoryName((file.ResolveLinkTarget(returnFinalTarget: true) ?? file).FullName)!))
            .OfType<PostgresBinaries>();

    private static PostgresBinaries? In(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "initdb")) || !File.Exists(Path.Combine(folder, "postgres")))
            return null;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Path.Combine(folder, "postgres"), ["--version"]) { RedirectStandardOutput = true })!;
            var version = FirstNumber().Match(process.StandardOutput.ReadToEnd());
            return version.Success ? new PostgresBinaries(folder, int.Parse(version.ValueSpan, CultureInfo.InvariantCulture)) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex FirstNumber();
}
