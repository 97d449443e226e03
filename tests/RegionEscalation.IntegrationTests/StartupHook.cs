using RegionEscalation.Host.Development;

// The runtime looks for this very name, outside every namespace, when DOTNET_STARTUP_HOOKS names the assembly.

/// <summary>Turns a child process of the tests into a host of PostgreSQL that can be killed, instead of running Main.</summary>
internal static class StartupHook
{
    public const string FolderVariable = "EMBEDDED_POSTGRES_TEST_FOLDER";

    public static void Initialize()
    {
        var options = new EmbeddedPostgresOptions { Folder = Environment.GetEnvironmentVariable(FolderVariable)! };
        var postgres = EmbeddedPostgres.StartAsync(options, CancellationToken.None).GetAwaiter().GetResult();
        Console.WriteLine(postgres.SuperuserConnectionString("postgres"));
        Thread.Sleep(Timeout.Infinite);
    }
}
