namespace RegionEscalation.Feeds;

/// <summary>Wakes those who wait for a change. It carries nothing: whoever is woken looks for itself, with its own rights.</summary>
public sealed class ChangeSignal
{
    private TaskCompletionSource _raised = New();
    private TaskCompletionSource _written = New();

    /// <summary>Done when something may have changed. To be taken before looking, so that nothing in between is missed.</summary>
    public Task Raised => _raised.Task;

    /// <summary>Done when this host has written something, of which the others are to be told.</summary>
    internal Task WrittenHere => _written.Task;

    /// <summary>Something may be there to be read.</summary>
    public void Raise() => Interlocked.Exchange(ref _raised, New()).TrySetResult();

    /// <summary>This host has committed a change.</summary>
    public void Written()
    {
        Raise();
        Volatile.Read(ref _written).TrySetResult();
    }

    /// <summary>From here on the next write counts.</summary>
    internal void Told() => Interlocked.Exchange(ref _written, New());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
