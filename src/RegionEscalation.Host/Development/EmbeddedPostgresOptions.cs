namespace RegionEscalation.Host.Development;

/// <summary>Where and how the embedded server keeps its data.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>Ours alone: data, credentials, lock and log are kept below it. Made when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>False gives up surviving a loss of power (not a killed process) for speed; for tests only.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>A port on 127.0.0.1, 1 to 65535; 0 takes a free one, another at every start.</summary>
    public int Port { get; init; }

    /// <summary>The folder of <c>initdb</c> and <c>postgres</c>; null looks where packages install them, then along PATH.</summary>
    public string? Binaries { get; init; } = Environment.GetEnvironmentVariable("EmbeddedPostgres__Binaries");

    /// <summary>
    /// From the section <c>EmbeddedPostgres</c>: <c>Folder</c>, <c>Port</c> and <c>Binaries</c> as above, and <c>Root</c>, the folder
    /// below which one is chosen when <c>Folder</c> is not set (<paramref name="contentRoot"/> when neither is).
    /// </summary>
    public static EmbeddedPostgresOptions From(IConfiguration configuration, string contentRoot)
    {
        var section = configuration.GetSection("EmbeddedPostgres");
        return new EmbeddedPostgresOptions
        {
            Folder = section["Folder"] ?? EmbeddedPostgres.ChooseFolder(section["Root"] ?? contentRoot),
            Port = section.GetValue("Port", 0),
            Binaries = section["Binaries"],
        };
    }
}
