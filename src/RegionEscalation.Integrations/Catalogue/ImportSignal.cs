namespace RegionEscalation.Integrations.Catalogue;

/// <summary>Wakes this host's worker when an import was queued here; those of other hosts find it by looking.</summary>
public sealed class ImportSignal
{
    private TaskCompletionSource _raised = New();

    /// <summary>Done when something may be there to be applied. To be taken before looking, so that nothing in between is missed.</summary>
    public Task Raised => Volatile.Read(ref _raised).Task;

    /// <summary>An import was queued, or may go on.</summary>
    public void Raise() => Interlocked.Exchange(ref _raised, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
