using Npgsql;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>After the batch was sent, nobody may guess how it ended.</summary>
public sealed class OutcomeTests : StoreFixture
{
    [Test]
    public void Saving_cannot_be_cancelled() => Assert.That(
        typeof(RegionSession).GetMethods().Where(m => m.Name == nameof(RegionSession.SaveChangesAsync)).SelectMany(m => m.GetParameters()).Select(p => p.ParameterType),
        Has.None.EqualTo(typeof(CancellationToken)));

    [Test]
    public async Task A_connection_that_dies_while_saving_leaves_the_outcome_unknown_and_a_retry_resolves_it()
    {
        var opened = await OpenCaseAsync();
        var key = Guid.NewGuid().ToString();
        var before = await Database.FingerprintAsync();
        await using (await HoldAsync($"SELECT FROM mt_streams WHERE id = '{opened.Id}' FOR UPDATE"))
        {
            var save = SaveAsync(key);
            await Database.ScalarAsync("SELECT pg_terminate_backend($1)", await WaitingProcessAsync());
            await Assert.ThatAsync(() => save, Throws.TypeOf<OutcomeUnknownException>());
        }
        Assert.That(await Database.FingerprintAsync(), Is.EqualTo(before), "it was not committed, which the caller cannot know");
        await SaveAsync(key);
        await Assert.ThatAsync(() => SaveAsync(key), Throws.TypeOf<IdempotencyTwinException>());

        Task SaveAsync(string idempotencyKey)
        {
            var session = Store.OpenSession(Given.Kalmar);
            session.Append(opened, [Given.Completed()]);
            return session.SaveChangesAsync(Given.Writer, (idempotencyKey, Given.Answer(), false));
        }
    }

    [Test]
    public async Task A_lock_that_is_never_given_ends_the_wait_without_a_write()
    {
        var opened = await OpenCaseAsync();
        var before = await Database.FingerprintAsync();
        await using (await HoldAsync($"SELECT FROM mt_streams WHERE id = '{opened.Id}' FOR UPDATE"))
        {
            var save = SaveAsync(opened, [Given.Completed()]);
            await Database.ScalarAsync("SELECT pg_cancel_backend($1)", await WaitingProcessAsync());
            await Assert.ThatAsync(() => save, Throws.TypeOf<OutcomeUnknownException>());
        }

        Assert.That(await Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    [NonParallelizable]
    public async Task A_commit_that_waits_for_its_standby_is_never_reported_as_done()
    {
        var settings = new NpgsqlConnectionStringBuilder(Database.Application) { CommandTimeout = 1, Options = "-c synchronous_commit=on" };
        await using var store = new EscalationStore(settings.ConnectionString);
        var session = store.OpenSession(Given.Kalmar);
        var opened = session.Append(null, [Given.Opened(Given.NewNumber())]);
        Task save;
        await Database.ScalarAsync("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        await Database.ScalarAsync("SELECT pg_reload_conf()");
        try
        {
            save = session.SaveChangesAsync(Given.Writer);
            await Task.WhenAny(save, Task.Delay(TimeSpan.FromSeconds(4)));

            Assert.That(save.IsCompletedSuccessfully, Is.False, "no standby has it");
            Assert.That(await Database.ScalarAsync("SELECT count(*) FROM mt_events WHERE stream_id = $1", opened.Id), Is.EqualTo(0L), "nobody may see what no standby has");
        }
        finally
        {
            await Database.ScalarAsync("ALTER SYSTEM RESET synchronous_standby_names");
            await Database.ScalarAsync("SELECT pg_reload_conf()");
        }
        await save;
        Assert.That(await FetchAsync(q => q.Case(opened.Id)), Is.Not.Null);
    }
}
