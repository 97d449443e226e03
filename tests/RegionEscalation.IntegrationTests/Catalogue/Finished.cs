namespace RegionEscalation.IntegrationTests;

/// <summary>Waits until every import of a database has ended or waits for somebody.</summary>
internal static class Finished
{
    public static async Task OfAsync(TestDatabase database)
    {
        for (var i = 0; i < 600; i++)
        {
            if (Equals(await database.ScalarAsync("SELECT count(*) FROM catalogue_imports WHERE state IN ('receiving', 'queued', 'applying')"), 0L))
                return;
            await Task.Delay(50);
        }
        Assert.Fail("An import does not end.");
    }
}
