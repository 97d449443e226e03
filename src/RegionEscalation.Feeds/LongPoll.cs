using Microsoft.Extensions.Hosting;

namespace RegionEscalation.Feeds;

/// <summary>Reads a part of a feed, and where there is nothing yet, waits for it.</summary>
public sealed class LongPoll(ChangeSignal signal, IHostApplicationLifetime host)
{
    /// <summary>How many requests of one client may wait on a host at once: every change anywhere makes each of them look again.</summary>
    public const int MostOfAClient = 10;

    /// <summary>However much is written elsewhere, a waiting one looks no oftener; twice as long after each look that found nothing.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan BetweenLooksAtMost = TimeSpan.FromMilliseconds(400);

    private readonly Dictionary<string, int> _waiting = [];

    /// <summary>A place to wait in, which is given back by disposing of it; null where the client has as many as it may.</summary>
    public IDisposable? PlaceFor(string client, TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
            return new Place(() => { });
        lock (_waiting)
        {
            var waiting = _waiting.GetValueOrDefault(client);
            if (waiting >= MostOfAClient)
                return null;
            _waiting[client] = waiting + 1;
        }
        return new Place(() =>
        {
            lock (_waiting)
            {
                if (--_waiting[client] == 0)
                    _waiting.Remove(client);
            }
        });
    }

    /// <param name="wait">How long an empty part is waited out, in real time; a host that is stopping waits no longer.</param>
    /// <param name="read">Reads after the place, or where it is null as it was asked for.</param>
    /// <param name="goesOn">
    /// Whether there is anything after the place, where reading itself is not to be repeated, because every reading is logged: then the feed is read
    /// at most twice, and only this is asked in between. Null where reading may be repeated.
    /// </param>
    /// <returns>What was read last, up to where the feed was read in all.</returns>
    public async Task<ChangePage> ReadAsync(
        TimeSpan wait, Func<FeedPosition?, CancellationToken, Task<ChangePage>> read, Func<FeedPosition?, CancellationToken, Task<bool>>? goesOn,
        CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        over.CancelAfter(wait);
        // Taken before looking, so that what is written in between is not missed.
        var raised = signal.Raised;
        var page = await read(null, cancellationToken);
        var readUntil = page.Read;
        var pause = BetweenLooks;
        while (wait > TimeSpan.Zero && IsEmpty(page))
        {
            var more = goesOn is null ? page.Read is not null : await goesOn(readUntil, cancellationToken);
            if (over.IsCancellationRequested || (!more && !await RaisedAsync(raised, pause, over.Token)))
                break;
            pause = more ? BetweenLooks : pause < BetweenLooksAtMost ? pause * 2 : pause;
            raised = signal.Raised;
            if (goesOn is not null && !more)
                continue;
            page = await read(readUntil, cancellationToken);
            readUntil = page.Read ?? readUntil;
            if (goesOn is not null)
                break;
        }
        cancellationToken.ThrowIfCancellationRequested();
        return page with { Read = readUntil };
    }

    private static bool IsEmpty(ChangePage page) => page is { CursorIsGone: false, IsStandby: false, IsAhead: false, Changes.Count: 0 };

    private static async Task<bool> RaisedAsync(Task raised, TimeSpan pause, CancellationToken over)
    {
        await Task.WhenAll(raised, Task.Delay(pause, over)).WaitAsync(over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !over.IsCancellationRequested;
    }

    private sealed class Place(Action giveBack) : IDisposable
    {
        public void Dispose() => giveBack();
    }
}
