using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using RegionEscalation.Domain.Contracts;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations.Catalogue;

/// <summary>
/// An import that this host applies, part by part: every part is one transaction, which also says how far it has come, so that whoever goes on after a fall goes
/// on exactly there. A part that cannot be written is halved until what stands in its way is alone.
/// </summary>
internal sealed partial class ImportRun(EscalationStore store, ImportQueue queue, CatalogueImport claimed, ImportOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>How often a row that others keep changing is decided anew.</summary>
    private const int Attempts = 20;

    /// <summary>How often a single row may take longer than a statement may.</summary>
    private const int Timeouts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private CatalogueImport _import = claimed;
    private int _size = options.RowsPerPart;
    private int _conflicts;
    private bool _checked;
    private bool _decided;

    /// <summary>Whether a part that took too long is being halved: whoever began anew would begin with the whole of it.</summary>
    public bool IsNarrowing { get; private set; }

    private WriteMetadata Writer => new(_import.Terms.ClientId, _import.Id.ToString(), null);

    /// <summary>Does the next part.</summary>
    /// <returns>False when there is none: the import has ended, waits for somebody, or is another host's.</returns>
    public async Task<bool> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await PartAsync(cancellationToken);
        }
        catch (StreamConflictException)
        {
            TakenOver(logger, _import.Id, queue.Scope.Region);
            return false;
        }
    }

    private async Task<bool> PartAsync(CancellationToken cancellationToken)
    {
        if (!_checked && _import is { Terms.Mode: ImportMode.AllOrNothing, AppliedLine: 0 } && await FindRefusedAsync(cancellationToken) is { Count: > 0 } refused)
            return await RefuseAsync(refused);
        _checked = true;
        var rows = await queue.RowsAsync(_import.Id, _import.AppliedLine, _size, asDocuments: false, cancellationToken);
        if (rows.Count > 0)
            return await WriteAsync(rows.Count, () => ApplyAsync(rows, cancellationToken), () => GiveUpAsync(rows[0]), cancellationToken);
        if (_import.Terms.Extent != ImportExtent.Snapshot)
            return await LeaveAsync(ImportState.Finished, null);
        if (!_decided)
            return await DecideEndingsAsync(cancellationToken);
        var leftOut = await queue.LeftOutAsync(_import.Id, _import.EndedNumber, _size, cancellationToken);
        return leftOut.Count > 0
            ? await WriteAsync(leftOut.Count, () => EndAsync(leftOut, cancellationToken), () => PassOverAsync(leftOut[0].Number), cancellationToken)
            : await LeaveAsync(ImportState.Finished, _import.Contracts.Ended < _import.Contracts.Missing ? "notAllEnded" : null);
    }

    /// <param name="count">How many the part has.</param>
    /// <param name="giveUp">Called for a part of one that cannot be written.</param>
    private async Task<bool> WriteAsync(int count, Func<Task> write, Func<Task> giveUp, CancellationToken cancellationToken)
    {
        try
        {
            await write();
            (_size, _conflicts, IsNarrowing) = (Math.Min(_size * 2, options.RowsPerPart), 0, false);
            return true;
        }
        catch (Exception e) when (CauseOf(e) == PostgresErrorCodes.QueryCanceled)
        {
            // A statement that took too long has undone the part, and used up much of the lease.
            _import = await queue.RenewAsync(_import.Id, cancellationToken) ?? throw new StreamConflictException(e);
            IsNarrowing = count > 1 || ++_conflicts < Timeouts;
            if (!IsNarrowing)
                await RejectAsync(e);
        }
        catch (Exception e) when (e is StreamConflictException or OutcomeUnknownException)
        {
            // Somebody else changed something of the part first, or has taken the whole import over; or it is written after all, and the import tells.
            if (await queue.RenewAsync(_import.Id, cancellationToken) is not { } now)
                throw new StreamConflictException(e);
            _import = now;
            if (count > 1 || ++_conflicts < Attempts)
                await Task.Delay(Pause * (1 + _conflicts) * Random.Shared.NextDouble(), cancellationToken);
            else if (e is StreamConflictException)
                await giveUp();
            else
                throw;
        }
        catch (Exception e) when (IsOfWhatIsWritten(e))
        {
            if (count == 1)
                await RejectAsync(e);
        }
        _size = Math.Max(1, count / 2);
        return true;

        async Task RejectAsync(Exception e)
        {
            NotWritten(logger, _import.Id, queue.Scope.Region, CauseOf(e) ?? e.GetType().Name);
            await giveUp();
            _conflicts = 0;
        }
    }

    /// <summary>The database's own code, where it was the database that failed.</summary>
    private static string? CauseOf(Exception e) => (e as PostgresException ?? e.InnerException as PostgresException)?.SqlState;

    /// <summary>What fails of a row alone. Whatever is of the database, the network or the host fails for every row, and none is to blame.</summary>
    private static bool IsOfWhatIsWritten(Exception e) => e switch
    {
        // Data exceptions, violated constraints, and limits such as the size of an index entry.
        PostgresException p => p.SqlState[..2] is "22" or "23" or "54",
        NpgsqlException or OutcomeUnknownException or OperationCanceledException or ObjectDisposedException or OutOfMemoryException or IOException => false,
        _ => true,
    };

    private async Task ApplyAsync(IReadOnlyList<QueuedRow> rows, CancellationToken cancellationToken)
    {
        var suppliers = rows.Select(r => r.Row).OfType<SupplierRow>().ToArray();
        var contracts = rows.Select(r => r.Row).OfType<ContractRow>().ToArray();
        var session = store.OpenSession(queue.Scope);
        var query = session.CreateBatchQuery();
        var fetchedSuppliers = query.Suppliers(suppliers.SelectMany(Named).Concat(contracts.Select(k => k.Content.Supplier.OrganisationNumber)).Distinct());
        var fetchedContracts = query.Contracts(contracts.Select(k => k.Number));
        var openCases = query.OpenCasesAbout(contracts.Select(k => k.Number));
        var said = SupplierMarking.SaidBy(rows.Select(r => r.Row).OfType<CatalogueRow>());
        var (otherwise, casesOtherwise) = (query.ContractsMarkedOtherwise(said), query.CasesMarkedOtherwise(said));
        await query.ExecuteAsync(cancellationToken);

        var now = time.Now();
        now = now > query.LatestChange ? now : query.LatestChange;
        var knownSuppliers = fetchedSuppliers.Value.ToDictionary(s => s.OrganisationNumber);
        var knownContracts = fetchedContracts.Value.ToDictionary(k => k.Number);
        var superseded = new Dictionary<CatalogueRow, DateTimeOffset>(ReferenceEqualityComparer.Instance);
        var (added, changed) = (0, 0);
        foreach (var row in suppliers)
        {
            var before = knownSuppliers.GetValueOrDefault(row.OrganisationNumber);
            if (Synchronisation.Synchronise(Synchronisation.Marked(row, knownSuppliers.Values), before, Guid.CreateVersion7(now), now) is not { } e)
                continue;
            if (Synchronisation.SupersededAt(row, before, _import.CreatedAt) is { } since)
            {
                superseded[row] = since;
                continue;
            }
            knownSuppliers[row.OrganisationNumber] = session.Append(before, e);
            _ = before is null ? added++ : changed++;
        }
        // Before any contract: whom one of them marks as a natural person is that on all of them.
        foreach (var row in contracts)
        {
            var number = row.Content.Supplier.OrganisationNumber;
            var known = knownSuppliers.GetValueOrDefault(number);
            if (Synchronisation.SupplierOfImported(row, known, knownContracts.GetValueOrDefault(row.Number), _import.CreatedAt, Guid.CreateVersion7(now), now) is { } introduced)
                knownSuppliers[number] = session.Append(known, introduced);
        }
        var marked = SupplierMarking.Apply(session, knownSuppliers.Values, otherwise.Value, casesOtherwise.Value, now);
        foreach (var contract in marked.Contracts.Values.Where(k => knownContracts.ContainsKey(k.Number)))
            knownContracts[contract.Number] = contract;
        var cases = openCases.Value.Select(c => marked.Cases.GetValueOrDefault(c.Id, c)).ToLookup(c => c.Contract.Number);
        var followed = new List<string>();
        foreach (var row in contracts)
        {
            var supplier = knownSuppliers[row.Content.Supplier.OrganisationNumber];
            var before = knownContracts.GetValueOrDefault(row.Number);
            if (Synchronisation.Synchronise(row, before, supplier, Guid.CreateVersion7(now), now) is not { } e)
                continue;
            if (Synchronisation.IsSuperseded(before?.PutAt, _import.CreatedAt))
            {
                superseded[row] = before!.PutAt!.Value;
                continue;
            }
            session.HoldMark(supplier);
            var after = session.Append(before, e);
            followed.Add(row.Number);
            _ = before is null ? added++ : changed++;
            if (before is not null)
                Follow(session, cases[row.Number], before, after, now);
        }

        session.Expect(followed, openCases.Value);
        RowReject[] rejects = [.. rows.Where(r => r.Row is null).Select(Unreadable), .. rows.Where(r => r.Row is not null && superseded.ContainsKey(r.Row)).Select(r => Superseded(r, superseded[r.Row!]))];
        var unchanged = suppliers.Length + contracts.Length - added - changed - superseded.Count;
        await SaveAsync(session,
            [.. queue.Rejected(_import.Id, rejects), queue.Applied(_import.Id, rows[^1].Line, added, changed, unchanged)],
            import => import with
            {
                AppliedLine = rows[^1].Line,
                Rows = import.Rows with
                {
                    Rejected = import.Rows.Rejected + rejects.Length,
                    Added = import.Rows.Added + added,
                    Changed = import.Rows.Changed + changed,
                    Unchanged = import.Rows.Unchanged + unchanged,
                },
            });
    }

    private async Task EndAsync(IReadOnlyList<(string Number, Contract? Contract)> leftOut, CancellationToken cancellationToken)
    {
        var contracts = leftOut.Select(k => k.Contract).OfType<Contract>().ToArray();
        var session = store.OpenSession(queue.Scope);
        var query = session.CreateBatchQuery();
        var openCases = query.OpenCasesAbout(contracts.Select(k => k.Number));
        await query.ExecuteAsync(cancellationToken);

        var cases = openCases.Value.ToLookup(c => c.Contract.Number);
        var now = contracts.Select(k => k.UpdatedAt).Append(query.LatestChange).Append(time.Now()).Max();
        var ended = 0;
        session.Expect([.. contracts.Select(k => k.Number)], openCases.Value);
        foreach (var before in contracts)
        {
            if (Synchronisation.End(before, _import.Id, now) is not { } e)
                continue;
            Follow(session, cases[before.Number], before, session.Append(before, e), now);
            ended++;
        }
        await SaveAsync(session, [queue.Ended(_import.Id, leftOut[^1].Number, ended)], import => import with
        {
            EndedNumber = leftOut[^1].Number,
            Contracts = import.Contracts with { Ended = import.Contracts.Ended + ended },
        });
    }

    private static void Follow(RegionSession session, IEnumerable<Domain.Cases.EscalationCase> cases, Contract before, Contract after, DateTimeOffset now)
    {
        foreach (var c in cases)
        {
            if (Synchronisation.Follow(c, before, after, now) is { Count: > 0 } followed)
                session.Append(c, followed);
        }
    }

    /// <summary>What the snapshot leaves out is counted, and ended from here on, or somebody is asked.</summary>
    private async Task<bool> DecideEndingsAsync(CancellationToken cancellationToken)
    {
        var leftOut = await queue.CountLeftOutAsync(_import.Id, cancellationToken);
        var missing = _import.Contracts.Ended + leftOut.Count;
        var why = _import.Confirmation is null
            ? Endings.WhyAsk(missing, _import.Contracts.Known ?? 0, options.EndingShareOf(queue.Scope.Region), leftOut.EveryNumberRead)
            : null;
        var now = time.Now();
        NpgsqlBatchCommand[] asking = why is null ? [] : [queue.Leave(_import.Id, ImportState.AwaitingConfirmation, why, now)];
        await SaveAsync(store.OpenSession(queue.Scope), [queue.LeavesOut(_import.Id, leftOut), queue.Supersede(_import.Id, now), .. asking],
            import => import with { Contracts = import.Contracts with { Missing = missing } });
        _decided = true;
        return why is null;
    }

    /// <summary>
    /// Every row is read once more, and shown to the database as the document that it is to become: what it would not take is found before anything is applied.
    /// </summary>
    private async Task<List<RowReject>> FindRefusedAsync(CancellationToken cancellationToken)
    {
        var refused = new List<RowReject>();
        long after = 0;
        for (var size = options.RowsPerPart; ;)
        {
            IReadOnlyList<QueuedRow> rows;
            try
            {
                rows = await queue.RowsAsync(_import.Id, after, size, asDocuments: true, cancellationToken);
                refused.AddRange(rows.Where(r => r.Row is null).Select(Unreadable));
                refused.AddRange(await FindSupersededAsync(rows, cancellationToken));
            }
            catch (PostgresException e) when (IsOfWhatIsWritten(e))
            {
                if (size > 1)
                {
                    size /= 2;
                    continue;
                }
                rows = await queue.RowsAsync(_import.Id, after, 1, asDocuments: false, cancellationToken);
                refused.Add(Refusal(rows[0]));
            }
            if (rows.Count == 0)
                return refused;
            after = rows[^1].Line;
            size = Math.Min(size * 2, options.RowsPerPart);
            if (await queue.RenewAsync(_import.Id, cancellationToken) is null)
                return [];
        }
    }

    /// <summary>What was put singly since the import came, and says something else.</summary>
    private async Task<IEnumerable<RowReject>> FindSupersededAsync(IReadOnlyList<QueuedRow> rows, CancellationToken cancellationToken)
    {
        var query = store.OpenSession(queue.Scope).CreateBatchQuery();
        var suppliers = query.Suppliers(rows.Select(r => r.Row).OfType<SupplierRow>().SelectMany(Named)
            .Concat(rows.Select(r => r.Row).OfType<ContractRow>().Select(k => k.Content.Supplier.OrganisationNumber)).Distinct());
        var contracts = query.Contracts(rows.Select(r => r.Row).OfType<ContractRow>().Select(k => k.Number));
        await query.ExecuteAsync(cancellationToken);

        var knownSuppliers = suppliers.Value.ToDictionary(s => s.OrganisationNumber);
        var knownContracts = contracts.Value.ToDictionary(k => k.Number);
        return from r in rows
               let putAt = r.Row switch
               {
                   SupplierRow s when knownSuppliers.GetValueOrDefault(s.OrganisationNumber) is { } known
                       && Synchronisation.Synchronise(Synchronisation.Marked(s, knownSuppliers.Values), known, known.Id, known.UpdatedAt) is not null
                       => Synchronisation.SupersededAt(s, known, _import.CreatedAt),
                   ContractRow k when knownContracts.GetValueOrDefault(k.Number) is { } known
                       && (knownSuppliers.GetValueOrDefault(k.Content.Supplier.OrganisationNumber) is not { } supplier
                           || Synchronisation.Synchronise(k, known, supplier, known.Id, known.UpdatedAt) is not null) => known.PutAt,
                   _ => null,
               }
               where Synchronisation.IsSuperseded(putAt, _import.CreatedAt)
               select Superseded(r, putAt.Value);
    }

    private async Task<bool> RefuseAsync(IReadOnlyList<RowReject> refused)
    {
        await SaveAsync(store.OpenSession(queue.Scope),
            [.. queue.Rejected(_import.Id, refused), queue.Leave(_import.Id, ImportState.Refused, "rejectedRows", time.Now())], import => import);
        return false;
    }

    private Task GiveUpAsync(QueuedRow row) => SaveAsync(store.OpenSession(queue.Scope), [.. queue.Rejected(_import.Id, [Refusal(row)]), queue.Applied(_import.Id, row.Line, 0, 0, 0)],
        import => import with { AppliedLine = row.Line, Rows = import.Rows with { Rejected = import.Rows.Rejected + 1 } });

    private Task PassOverAsync(string number) => SaveAsync(store.OpenSession(queue.Scope), [queue.Ended(_import.Id, number, 0)], import => import with { EndedNumber = number });

    private async Task<bool> LeaveAsync(ImportState state, string? reason)
    {
        await SaveAsync(store.OpenSession(queue.Scope), [queue.Leave(_import.Id, state, reason, time.Now())], import => import with { State = state });
        return false;
    }

    /// <param name="commands">What belongs into the same transaction, beside the lease.</param>
    /// <param name="after">The import as it stands once it is written.</param>
    private async Task SaveAsync(RegionSession session, IReadOnlyList<NpgsqlBatchCommand> commands, Func<CatalogueImport, CatalogueImport> after)
    {
        session.Store(queue.Hold(_import.Id));
        foreach (var command in commands)
            session.Store(command);
        await session.SaveChangesAsync(Writer);
        _import = after(_import);
    }

    /// <summary>The supplier itself, and whom its row names.</summary>
    private static IEnumerable<string> Named(SupplierRow row) =>
        [row.OrganisationNumber, .. (row.Content.SubSuppliers ?? []).Select(s => s.OrganisationNumber).Append(row.Content.SuccessorOf?.OrganisationNumber).OfType<string>()];

    private static RowReject Unreadable(QueuedRow row) => Refusal(row, "unreadable", "Raden kunde inte läsas igen.", "The row could not be read again.");

    /// <param name="putAt">UTC.</param>
    private static RowReject Superseded(QueuedRow row, DateTimeOffset putAt)
    {
        var at = putAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
        return Refusal(row, "superseded", $"Ändrades för sig {at}, efter att importen kommit; den uppgiften står kvar.",
            $"Was put by itself at {at}, after the import had come; that word stands.");
    }

    private static RowReject Refusal(QueuedRow row, string rule = "notWritten", string sv = "Databasen tog inte emot raden; inget av den är sparat.",
        string en = "The database did not take the row; nothing of it is stored.") => new(row.Line, 1, "$", rule, sv, en, row.Kind, CatalogueIntake.KeyShown(row.Kind, row.Key), null);

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {Id} of region {Region} was taken over by another host")]
    private static partial void TakenOver(ILogger logger, Guid id, string region);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A row of import {Id} of region {Region} could not be written ({Cause}) and is rejected")]
    private static partial void NotWritten(ILogger logger, Guid id, string region, string cause);
}
