using Npgsql;
using RegionEscalation.Domain.Cases;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Storage;

public sealed class ConcurrencyTests : StoreFixture
{
    [Test]
    public async Task Of_twenty_writers_from_the_same_version_exactly_one_succeeds_and_no_sequence_number_is_lost()
    {
        var opened = await OpenCaseAsync();
        var sequence = await SequenceAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => OutcomeAsync(session => session.Append(opened, [Given.Completed("Försök " + i)]))));
        var stored = await FetchAsync(q => q.Events(opened.Id, 0, 100));

        Assert.Multiple(() =>
        {
            Assert.That(outcomes.Count(o => o is null), Is.EqualTo(1));
            Assert.That(outcomes.OfType<StreamConflictException>().Count(), Is.EqualTo(19));
            Assert.That(stored.Select(e => e.Version), Is.EqualTo(new[] { 1, 2 }));
        });
        Assert.That(await SequenceAsync(), Is.EqualTo(sequence + 1));
    }

    [Test]
    public async Task Streams_are_moved_in_one_order_whatever_order_they_were_appended_in()
    {
        var cases = new[] { await OpenCaseAsync(), await OpenCaseAsync() }.OrderBy(c => c.Id).ToArray();
        await using var holder = await HoldAsync($"SELECT FROM mt_streams WHERE id = '{cases[0].Id}' FOR UPDATE");
        var save = OutcomeAsync(session =>
        {
            session.Append(cases[1], [Given.Completed()]);
            session.Append(cases[0], [Given.Completed()]);
        });
        await WaitingProcessAsync();

        await Assert.ThatAsync(async () => await (await HoldAsync($"SELECT FROM mt_streams WHERE id = '{cases[1].Id}' FOR UPDATE NOWAIT")).DisposeAsync(),
            Throws.Nothing, "the second stream is not touched before the first is had");
        await holder.DisposeAsync();
        Assert.That(await save, Is.Null);
    }

    [Test]
    public async Task Writers_of_two_streams_in_opposite_order_never_deadlock()
    {
        var cases = new[] { await OpenCaseAsync(), await OpenCaseAsync() };
        var errors = new List<Exception>();
        for (var round = 0; round < 25; round++)
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => OutcomeAsync(session =>
            {
                session.Append(cases[i % 2], [Given.Completed()]);
                session.Append(cases[1 - (i % 2)], [Given.Completed()]);
            })));
            Assert.That(outcomes.Count(o => o is null), Is.EqualTo(1));
            errors.AddRange(outcomes.OfType<Exception>());
            cases = [(await FetchAsync(q => q.Case(cases[0].Id)))!, (await FetchAsync(q => q.Case(cases[1].Id)))!];
        }

        Assert.That(errors.Select(e => (e.InnerException as PostgresException)?.SqlState).Distinct(), Is.EqualTo(new[] { "RE412" }));
    }

    [Test]
    public async Task Of_two_openings_about_one_contract_one_succeeds_and_the_other_hears_of_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var number = Given.NewNumber();
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => OutcomeAsync(session => session.Append((EscalationCase?)null, [Given.Opened(number, 3)]))));

            Assert.That(outcomes.Select(o => o?.GetType()), Is.EquivalentTo(new[] { null, typeof(OpenCaseExistsException) }));
            Assert.That(await Database.ScalarAsync(
                """
                SELECT count(*) FROM mt_events e JOIN mt_doc_escalationcase c ON c.id = e.stream_id JOIN national_cases n ON n.case_id = c.id
                WHERE e.data->'contract'->>'number' = $1
                """, number), Is.EqualTo(1L));
        }
    }

    [Test]
    public async Task After_a_case_is_closed_another_about_the_same_contract_may_be_opened()
    {
        var number = Given.NewNumber();
        var first = await SaveAsync(null, [Given.Opened(number)]);
        await SaveAsync(first, [new CaseClosed(Given.Day, 0, CaseOutcome.Unfounded, Given.Basis(Domain.Ladder.Trigger.Unfounded), null, null, 0)]);

        await Assert.ThatAsync(() => SaveAsync(null, [Given.Opened(number)]), Throws.Nothing);
    }

    [Test]
    public async Task Two_new_suppliers_with_one_number_are_a_conflict()
    {
        async Task StoreAsync() => Assert.That(await OutcomeAsync(s => s.Append(null, Given.Known(Guid.CreateVersion7()))), Is.Null);
        await StoreAsync();

        Assert.That(await OutcomeAsync(s => s.Append(null, Given.Known(Guid.CreateVersion7()))), Is.TypeOf<StreamConflictException>());
    }

    [Test]
    public async Task A_pool_of_two_connections_serves_two_regions_and_each_sees_only_its_own()
    {
        await using var store = new EscalationStore(new NpgsqlConnectionStringBuilder(Database.Application) { MaxPoolSize = 2 }.ConnectionString);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => HammerAsync(store, worker % 2 == 0 ? Given.Kalmar : Given.Halland, worker)));

        static async Task HammerAsync(EscalationStore store, RegionScope scope, int worker)
        {
            var own = "Område " + scope.Region;
            for (var i = 0; i < 40; i++)
            {
                var session = store.OpenSession(scope);
                session.Append(null, Given.Contract($"{scope.Region}-{worker}-{i}", category: own));
                await session.SaveChangesAsync(Given.Writer);
                var seen = await FetchAsync(store, scope, q => q.Contracts(new ContractFilter(), 1000, 0));
                var foreign = await FetchAsync(store, scope, q => q.Contract($"{(scope.Region == "08" ? "13" : "08")}-{(worker + 1) % 8}-0"));

                Assert.That(seen.Items.Select(c => c.Content.Category).Distinct(), Is.EqualTo(new[] { own }));
                Assert.That((seen.Total >= i + 1, foreign), Is.EqualTo((true, (object?)null)));
            }
        }
    }

    [Test]
    public async Task The_region_is_gone_when_the_connection_goes_back_to_the_pool()
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Database.Application) { MaxPoolSize = 1, NoResetOnClose = true }.ConnectionString);
        var session = new RegionSession(source, Given.Kalmar);
        session.Append((EscalationCase?)null, [Given.Opened(Given.NewNumber())]);
        await session.SaveChangesAsync(Given.Writer);
        Assert.That(await SettingAsync(), Is.Empty, "after a write");
        var query = session.CreateBatchQuery();
        query.Cases(new CaseFilter(), 10, 0);
        await query.ExecuteAsync(CancellationToken.None);
        Assert.That(await SettingAsync(), Is.Empty, "after a read");
        session.Append(EscalationCase.Evolve(null, Given.Opened("x")), [Given.Completed()]);
        await Assert.ThatAsync(() => session.SaveChangesAsync(Given.Writer), Throws.TypeOf<StreamConflictException>());
        Assert.That(await SettingAsync(), Is.Empty, "after a refused write");

        async Task<string?> SettingAsync()
        {
            await using var command = source.CreateCommand("SELECT current_setting('app.region', true)");
            return await command.ExecuteScalarAsync() as string;
        }
    }

    private async Task<Exception?> OutcomeAsync(Action<RegionSession> change)
    {
        var session = Store.OpenSession(Given.Kalmar);
        change(session);
        try
        {
            await session.SaveChangesAsync(Given.Writer);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
