using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using RegionEscalation.Storage;

namespace RegionEscalation.Host.Development;

/// <summary>The passwords of the superuser and of the three logins of the platform, generated once per data folder.</summary>
/// <remarks>Not a record: its text must not carry the passwords into a log.</remarks>
public sealed class EmbeddedPostgresCredentials
{
    public const string SuperuserLogin = "postgres";

    [JsonPropertyName(SuperuserLogin), JsonRequired]
    public string SuperuserPassword { get; init; } = Generate();

    [JsonPropertyName(DatabaseSetup.Owner), JsonRequired]
    public string OwnerPassword { get; init; } = Generate();

    [JsonPropertyName(DatabaseSetup.Application), JsonRequired]
    public string AppPassword { get; init; } = Generate();

    [JsonPropertyName(DatabaseSetup.National), JsonRequired]
    public string NationalPassword { get; init; } = Generate();

    /// <exception cref="StartupProblem">The file exists and cannot be read as credentials.</exception>
    internal static EmbeddedPostgresCredentials? Load(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<EmbeddedPostgresCredentials>(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException)
        {
            throw new StartupProblem($"The database passwords in {file} cannot be read: {e.Message}", e);
        }
    }

    [UnsupportedOSPlatform("windows")]
    internal void Save(string file)
    {
        // Renamed when complete: passwords cut short by a crash would lock everybody out of the data.
        var unfinished = file + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(unfinished, options))
        {
            JsonSerializer.Serialize(stream, this);
            stream.Flush(flushToDisk: true);
        }
        File.Move(unfinished, file, overwrite: true);
    }

    // Letters and digits only, so that no connection string, shell or SQL needs to quote it.
    private static string Generate() => Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
}
