using RegionEscalation.Domain.Contracts;
using RegionEscalation.IntegrationTests.Storage;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>One host at a time pulls for a region; what one that fell has left is cleared away, and the end is that of an undisturbed run.</summary>
public sealed class PullTakeoverTests : PullFixture
{
    [Test]
    public async Task Of_hosts_that_look_at_once_one_pulls()
    {
        Server.PageSize = 2;
        Server.Add(1, 2, 3, 4, 5);
        var hosts = Enumerable.Range(0, 4).Select(_ => Bench.Host()).ToArray();
        await Bench.DueAsync(hosts[0]);

        var had = await Task.WhenAll(hosts.Select(h => h.RunIfDueAsync(CancellationToken.None)));

        Assert.That(had.Count(h => h), Is.EqualTo(1));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("queued partial 5 0 0"));
        Assert.That(Server.Count(page: 2), Is.EqualTo(1));
    }

    [Test]
    public async Task While_a_host_pulls_no_other_does_however_long_it_takes()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.PageSize = 2;
        Server.Add(1, 2, 3);
        Server.Instead = async (request, _) =>
        {
            if (request.Page == 2)
            {
                asked.TrySetResult();
                await goOn.Task;
            }
            return false;
        };
        var slow = Bench.Host(TimeSpan.FromSeconds(2));
        var running = Bench.RunAsync(slow);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var other = Bench.Host(TimeSpan.FromSeconds(2));
        var tries = new List<bool>();
        for (var i = 0; i < 12; i++)
        {
            tries.Add(await other.RunIfDueAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1)));
            await Task.Delay(400);
        }
        var meanwhile = await Bench.StatusAsync();
        var importRenewed = await Bench.Database.ScalarAsync("SELECT lease_until > created_at + interval '122 seconds' FROM catalogue_imports");
        goOn.SetResult();

        Assert.That((await running).Outcome, Is.EqualTo(PullOutcome.Imported));
        Assert.That(tries, Is.All.False, "it was renewed for twice its length");
        Assert.That(importRenewed, Is.True, "and so was what it takes in");
        Assert.That((meanwhile!.IsRunning, meanwhile.Outcome), Is.EqualTo((true, (PullOutcome?)null)));
    }

    [Test]
    public async Task A_host_whose_source_is_another_hosts_by_now_stops_asking()
    {
        Bench.Options = Bench.Options with { Timeout = TimeSpan.FromMinutes(5) };
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.PageSize = 2;
        Server.Add(1, 2, 3);
        Server.Instead = async (request, http) =>
        {
            if (request.Page != 2)
                return false;
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            left.TrySetResult();
            return true;
        };
        using var giveUp = new CancellationTokenSource();
        var running = Bench.RunAsync(Bench.Host(TimeSpan.FromSeconds(1)), giveUp.Token);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        var other = Guid.CreateVersion7();
        await Bench.Database.ScalarAsync("UPDATE catalogue_sources SET lease_holder = $1, lease_until = now() + interval '1 hour'", other);
        var stopped = await Task.WhenAny(left.Task, Task.Delay(TimeSpan.FromSeconds(45)));
        await giveUp.CancelAsync();
        await running;

        Assert.That(stopped, Is.SameAs(left.Task), "in the middle of a page, long before its time");
        Assert.That(Server.Count(page: 2), Is.EqualTo(1));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("abandoned interrupted partial 2 0 0"));
        Assert.That(await Bench.Database.ScalarAsync("SELECT lease_holder = $1 AND finished_at IS NULL FROM catalogue_sources", other), Is.True, "the other host's is left as it is");
    }

    [Test]
    public async Task A_host_that_shows_no_life_any_more_is_taken_over_and_can_write_nothing_of_it()
    {
        Server.Add(1, 2);
        var successor = Bench.Host();
        await Bench.DueAsync(successor);
        // As far as a host may have come when it falls: some rows taken in, nothing queued.
        var fallen = Bench.Sources(TimeSpan.FromSeconds(1));
        await fallen.ClaimAsync(Given.Kalmar, Bench.Source().Setting, Bench.Clock.Now(), CancellationToken.None);
        var intake = await CatalogueIntake.BeginAsync(Bench.Store, Given.Kalmar, Guid.CreateVersion7(), fallen.Holder,
            new ImportTerms(ImportOrigin.Pull, ImportFormat.Pages, ImportMode.PerRow, ImportExtent.Partial, "region-escalation"), Bench.Clock.Now(), CancellationToken.None);
        await intake.AddAsync([new StagedRow(1, new ContractRow("AVT-1", Given.Contract("AVT-1").Content))], [], CancellationToken.None);

        for (var i = 0; !await successor.RunIfDueAsync(CancellationToken.None); i++)
        {
            Assert.That(i, Is.LessThan(300), "the lease runs out");
            await Task.Delay(100);
        }
        var end = new PullEnd(PullOutcome.Imported, 1, new PullPlace("\"fel\"", null, null), true, Bench.Clock.Now());

        Assert.Multiple(async () =>
        {
            Assert.That(() => intake.AddAsync([], [], CancellationToken.None), Throws.TypeOf<StreamConflictException>());
            Assert.That(() => fallen.RenewAsync(Given.Kalmar, CancellationToken.None), Throws.TypeOf<StreamConflictException>());
            Assert.That(() => fallen.QueueAsync(Given.Kalmar, intake, "x", "region-escalation", end, false, Bench.Clock.Now()), Throws.TypeOf<StreamConflictException>());
            Assert.That(() => fallen.EndAsync(Given.Kalmar, "x", end, Bench.Clock.Now()), Throws.TypeOf<StreamConflictException>());
            Assert.That(() => fallen.FailAsync(Given.Kalmar, "timeout", 0, Bench.Clock.Now(), Bench.Clock.Now()), Throws.TypeOf<StreamConflictException>());
            Assert.That(await Bench.ImportsAsync(), Is.EqualTo("abandoned interrupted partial 1 0 0 | queued partial 2 0 0"));
            Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2"));
            Assert.That(await Bench.PlaceAsync(), Does.StartWith(Server.ETag()));
        });
    }

    /// <summary>The import alone would let it: nobody has begun another since.</summary>
    [Test]
    public async Task What_is_queued_and_what_is_remembered_are_written_together_or_not_at_all()
    {
        Server.Add(1);
        await Bench.DueAsync(Bench.Host());
        var host = Bench.Sources();
        await host.ClaimAsync(Given.Kalmar, Bench.Source().Setting, Bench.Clock.Now(), CancellationToken.None);
        var intake = await CatalogueIntake.BeginAsync(Bench.Store, Given.Kalmar, Guid.CreateVersion7(), host.Holder,
            new ImportTerms(ImportOrigin.Pull, ImportFormat.Pages, ImportMode.PerRow, ImportExtent.Partial, "region-escalation"), Bench.Clock.Now(), CancellationToken.None);
        await Bench.Database.ScalarAsync("UPDATE catalogue_sources SET lease_holder = gen_random_uuid()");
        var end = new PullEnd(PullOutcome.Imported, 1, new PullPlace("\"fel\"", null, null), true, Bench.Clock.Now());

        Assert.That(() => host.QueueAsync(Given.Kalmar, intake, "x", "region-escalation", end, false, Bench.Clock.Now()), Throws.TypeOf<StreamConflictException>());
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("receiving partial 0 0 0"));
        Assert.That(await Bench.PlaceAsync(), Is.EqualTo("- - -"));
    }

    [Test]
    public async Task A_host_that_is_stopped_gives_the_source_back_and_the_run_stays_due()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.PageSize = 2;
        Server.Add(1, 2, 3);
        Server.Instead = async (request, http) =>
        {
            if (request.Page != 2 || asked.Task.IsCompleted)
                return false;
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        using var stopping = new CancellationTokenSource();
        var running = Bench.RunAsync(cancellationToken: stopping.Token);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await stopping.CancelAsync();
        var stopped = await running;
        var taken = await Bench.Host().RunIfDueAsync(CancellationToken.None);

        Assert.That((stopped.Outcome, stopped.IsRunning, taken), Is.EqualTo((PullOutcome.Interrupted, false, true)));
        Assert.That(await Bench.ImportsAsync(), Is.EqualTo("abandoned interrupted partial 2 0 0 | queued partial 3 0 0"));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2, 3 AVT-3"));
    }

    [Test]
    public async Task A_host_with_other_settings_builds_upon_nothing_that_was_read_with_these()
    {
        Server.Add(1);
        await Bench.RunAsync();
        await Bench.DueAsync(Bench.Host());
        var same = await Bench.Sources(TimeSpan.Zero).ClaimAsync(Given.Kalmar, Bench.Source().Setting, Bench.Clock.Now(), CancellationToken.None);
        var other = await Bench.Sources().ClaimAsync(Given.Kalmar, "other", Bench.Clock.Now(), CancellationToken.None);

        Assert.That((same!.Place!.ETag, other!.Place), Is.EqualTo((Server.ETag(), (PullPlace?)null)));
    }

    [Test]
    public async Task Another_regions_source_is_neither_seen_nor_taken()
    {
        Server.Add(1);
        await Bench.DueAsync(Bench.Host());
        var sources = Bench.Sources();

        Assert.That(await Bench.StatusAsync(Given.Halland), Is.Null);
        Assert.That(await sources.ClaimAsync(Given.Halland, Bench.Source().Setting, Bench.Clock.Now(), CancellationToken.None), Is.Null);
        Assert.That((await Bench.StatusAsync())!.IsRunning, Is.False);
    }
}
