using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

/// <summary>Hands the rows of a file on to the store, a part at a time; a file whose first part never came leaves no trace.</summary>
internal sealed class CatalogueTaking(EscalationStore store, RegionScope scope, ImportTerms terms, TimeProvider time)
{
    private const int PartRows = 500;
    private const long PartBytes = 4 * 1024 * 1024;

    private readonly Guid _holder = Guid.NewGuid();

    /// <summary>Before anything of the file was read: what is put singly from here on is newer than the file.</summary>
    private readonly DateTimeOffset _begun = time.Now();
    private readonly List<StagedRow> _rows = [];
    private readonly List<RowReject> _rejects = [];
    private CatalogueIntake? _intake;
    private long _flushedAt;

    public Guid Id { get; } = Guid.CreateVersion7(time.Now());

    /// <summary>How many rows were rejected so far.</summary>
    public long Rejected { get; private set; }

    /// <param name="bytesRead">How far the file was read with the row.</param>
    public async ValueTask AddAsync(ReadRow row, long bytesRead, CancellationToken cancellationToken)
    {
        if (row is ReadRow.Good good)
            _rows.Add(new StagedRow(good.Line, good.Row));
        if (row is ReadRow.Bad bad)
        {
            Rejected++;
            _rejects.AddRange(bad.Faults.Select((f, i) => new RowReject(bad.Line, i + 1, f.Field, f.Rule, f.Message.Sv, f.Message.En, bad.Kind, bad.Key, f.Value)));
        }
        if (_rows.Count + _rejects.Count < PartRows && bytesRead - _flushedAt < PartBytes)
            return;
        _flushedAt = bytesRead;
        await FlushAsync(cancellationToken);
    }

    /// <summary>Stores what has come, and renews the lease.</summary>
    /// <exception cref="StreamConflictException">It took too long, or the import was cancelled.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_intake is null && _rows.Count + _rejects.Count == 0)
            return;
        _intake ??= await CatalogueIntake.BeginAsync(store, scope, Id, _holder, terms, _begun, cancellationToken);
        Rejected += await _intake.AddAsync(_rows, _rejects, cancellationToken);
        _rows.Clear();
        _rejects.Clear();
    }

    /// <summary>After the last row: it waits its turn.</summary>
    public Task QueueAsync(DateTimeOffset now, (string Key, StoredAnswer Answer, bool ReplacesExpired)? idempotency) => _intake!.QueueAsync(terms.ClientId, now, idempotency);

    public Task AbandonAsync(string reason) => _intake?.AbandonAsync(reason, time.Now()) ?? Task.CompletedTask;
}
