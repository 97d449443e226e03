namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A host of the fixture's own, and Region Kalmar län at work on it.</summary>
public abstract class KalmarFixture
{
    private protected TestHost Host { get; private set; } = null!;

    private protected RegionAtWork Kalmar { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Host = await TestHost.StartAsync();
        Kalmar = new RegionAtWork(Host);
        await SeedAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Kalmar.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>What the fixture's tests start from.</summary>
    private protected virtual Task SeedAsync() => Task.CompletedTask;
}
