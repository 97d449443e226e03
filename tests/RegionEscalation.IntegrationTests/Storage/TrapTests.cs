using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>What PostgreSQL and Npgsql do quietly, and must not do here: writing.</summary>
public sealed class TrapTests : StoreFixture
{
    [TestCase(-1, TestName = "An_append_behind_the_stream_changes_nothing_at_all")]
    [TestCase(1, TestName = "An_append_ahead_of_the_stream_changes_nothing_at_all")]
    public async Task Append_at_another_version_changes_nothing_at_all(int off)
    {
        var current = await SaveAsync(await OpenCaseAsync(), [Given.Completed()]);
        var (before, sequence) = (await Database.FingerprintAsync(), await SequenceAsync());
        var session = Store.OpenSession(Given.Kalmar);
        session.Append(current with { Version = current.Version + off }, [Given.Escalated(0, 3)]);

        await Assert.ThatAsync(() => session.SaveChangesAsync(Given.Writer, (Guid.NewGuid().ToString(), Given.Answer(), false)), Throws.TypeOf<StreamConflictException>());
        Assert.That((await Database.FingerprintAsync(), await SequenceAsync()), Is.EqualTo((before, sequence)));
    }

    [Test]
    public async Task An_append_to_another_regions_stream_or_to_none_changes_nothing_at_all()
    {
        var foreign = await OpenCaseAsync();
        var none = EscalationCase.Evolve(null, Given.Opened(Given.NewNumber()));
        var before = await Database.FingerprintAsync();
        foreach (var c in new[] { foreign, none })
        {
            var session = Store.OpenSession(Given.Halland);
            session.Append(c, [Given.Completed()]);
            await Assert.ThatAsync(() => session.SaveChangesAsync(Given.Writer), Throws.TypeOf<StreamConflictException>());
        }

        Assert.That(await Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_conflict_in_one_stream_undoes_the_others_and_draws_no_sequence_number()
    {
        var (one, other) = (await OpenCaseAsync(), await OpenCaseAsync());
        var (before, sequence) = (await Database.FingerprintAsync(), await SequenceAsync());
        foreach (var stale in new[] { one, other })
        {
            var session = Store.OpenSession(Given.Kalmar);
            foreach (var c in new[] { one, other })
                session.Append(c == stale ? c with { Version = 9 } : c, [Given.Completed()]);
            await Assert.ThatAsync(() => session.SaveChangesAsync(Given.Writer), Throws.TypeOf<StreamConflictException>());
        }

        Assert.That((await Database.FingerprintAsync(), await SequenceAsync()), Is.EqualTo((before, sequence)));
    }

    [Test]
    public async Task The_twin_of_a_request_is_told_so_although_its_stream_has_moved_too()
    {
        var opened = await OpenCaseAsync();
        var key = Guid.NewGuid().ToString();
        await SaveWithKeyAsync(key, opened);
        var before = await Database.FingerprintAsync();

        await Assert.ThatAsync(() => SaveWithKeyAsync(key, opened), Throws.TypeOf<IdempotencyTwinException>());
        Assert.That(await Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_twin_waits_for_the_first_request_and_then_writes_nothing()
    {
        var key = Guid.NewGuid().ToString();
        await using var first = await HoldAsync(InsertKey(key));
        var (before, twin) = (await Database.FingerprintAsync(), SaveWithKeyAsync(key, null));
        await WaitingProcessAsync();
        await first.CommitAsync();

        await Assert.ThatAsync(() => twin, Throws.TypeOf<IdempotencyTwinException>());
        await Database.ScalarAsync("DELETE FROM idempotency_keys WHERE key = $1", key);
        Assert.That(await Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Of_two_requests_with_one_key_at_the_same_time_one_wins_and_the_other_is_its_twin([Values] bool sameCase, [Values] bool expired)
    {
        for (var round = 0; round < 10; round++)
        {
            var opened = sameCase ? await OpenCaseAsync() : null;
            var key = Guid.NewGuid().ToString();
            if (expired)
                await Database.ScalarAsync(InsertKey(key));
            var events = (long)(await Database.ScalarAsync("SELECT count(*) FROM mt_events"))!;
            var errors = await Task.WhenAll(ErrorOf(SaveWithKeyAsync(key, opened, expired)), ErrorOf(SaveWithKeyAsync(key, opened, expired)));

            Assert.That(errors, Is.EquivalentTo(new[] { null, typeof(IdempotencyTwinException) }));
            Assert.That(await Database.ScalarAsync("SELECT count(*) FROM mt_events"), Is.EqualTo(events + 1));
        }
    }

    [Test]
    public async Task Who_fetches_the_first_requests_change_fetches_its_answer_too()
    {
        var opened = await OpenCaseAsync();
        var key = Guid.NewGuid().ToString();
        await using var first = await HoldAsync(
            "LOCK TABLE mt_doc_escalationcase IN ACCESS EXCLUSIVE MODE",
            $"UPDATE mt_doc_escalationcase SET mt_version = 2, data = jsonb_set(data, '{{version}}', '2') WHERE id = '{opened.Id}'",
            InsertKey(key));
        var query = Store.OpenSession(Given.Kalmar).CreateBatchQuery();
        var answer = query.Answer(Given.Writer.ClientId, key);
        var fetched = query.Case(opened.Id);
        var execution = query.ExecuteAsync(CancellationToken.None);
        await WaitingProcessAsync();
        await first.CommitAsync();
        await execution;

        Assert.That((fetched.Value!.Version, answer.Value is not null), Is.EqualTo((2, true)));
    }

    [Test]
    public async Task What_jsonb_refuses_is_an_error_and_no_partial_write()
    {
        var opened = await OpenCaseAsync();
        var before = await Database.FingerprintAsync();
        var session = Store.OpenSession(Given.Kalmar);
        session.Append(opened, [Given.Completed("Dialog\0förd.")]);

        await Assert.ThatAsync(() => session.SaveChangesAsync(Given.Writer, (Guid.NewGuid().ToString(), Given.Answer(), false)),
            Throws.TypeOf<PostgresException>().With.Property("SqlState").EqualTo("22P05"));
        Assert.That(await Database.FingerprintAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_session_that_failed_carries_nothing_into_its_next_save()
    {
        var opened = await OpenCaseAsync();
        var session = Store.OpenSession(Given.Kalmar);
        session.Append(opened with { Version = 7 }, [Given.Completed()]);
        await Assert.ThatAsync(() => session.SaveChangesAsync(Given.Writer), Throws.TypeOf<StreamConflictException>());

        session.Append(opened, [Given.Completed()]);
        await session.SaveChangesAsync(Given.Writer);

        Assert.That(await Database.ScalarAsync("SELECT count(*) FROM mt_events WHERE stream_id = $1", opened.Id), Is.EqualTo(2L));
    }

    [Test]
    public async Task Every_event_carries_the_transaction_that_wrote_it()
    {
        var opened = await SaveAsync(null, [Given.Opened(Given.NewNumber()), Given.Completed()]);
        await SaveAsync(opened, [Given.Completed()]);

        Assert.That(await Database.ScalarAsync(
            "SELECT string_agg((transaction_id = xmin::text::xid8)::text || dense, ' ' ORDER BY version) FROM "
            + "(SELECT *, xmin, dense_rank() OVER (ORDER BY transaction_id) AS dense FROM mt_events WHERE stream_id = $1) e", opened.Id), Is.EqualTo("true1 true1 true2"));
    }

    [Test]
    public async Task An_instant_with_a_hundred_nanoseconds_compares_equal_after_the_round_trip()
    {
        var at = new FixedClock(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(1)).AddTicks(1_234_567)).Now();
        var opened = await SaveAsync(null, [Given.Opened(Given.NewNumber(), at: at)]);
        var stored = (await FetchAsync(q => q.Events(opened.Id, 0, 10))).Single();
        var loaded = await FetchAsync(q => q.Case(opened.Id));
        var aggregated = await FetchAsync(q => q.AggregateCase(opened.Id, at: at));

        Assert.Multiple(() =>
        {
            Assert.That(stored.At.EqualsExact(at));
            Assert.That(((CaseEvent)stored.Event).At, Is.EqualTo(stored.At));
            Assert.That(loaded!.UpdatedAt, Is.EqualTo(at));
            Assert.That(aggregated, Is.Not.Null, "as it was at the very instant it was opened");
        });
    }

    private async Task SaveWithKeyAsync(string key, EscalationCase? before, bool replacesExpired = false)
    {
        var session = Store.OpenSession(Given.Kalmar);
        session.Append(before, [before is null ? Given.Opened(Given.NewNumber()) : Given.Completed()]);
        await session.SaveChangesAsync(Given.Writer, (key, Given.Answer() with { CreatedAt = Given.Day.AddDays(2) }, replacesExpired));
    }

    private static async Task<Type?> ErrorOf(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (Exception e)
        {
            return e.GetType();
        }
    }

    private static string InsertKey(string key) =>
        "INSERT INTO idempotency_keys VALUES ('08', 'kalmar-handler', '" + key + "', '\\x00', 200, NULL, NULL, '{}', '2026-03-02T08:15:00Z')";

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
