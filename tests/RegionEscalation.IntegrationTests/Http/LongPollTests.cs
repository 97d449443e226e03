using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using RegionEscalation.Feeds;

namespace RegionEscalation.IntegrationTests.Http;

/// <summary>How an empty part is waited out; nothing here knows how long it took.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LongPollTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Longer = TimeSpan.FromMinutes(30);
    private static readonly FeedPosition Place = new(7, 7, Guid.NewGuid(), DateTimeOffset.UnixEpoch);
    private static readonly ChangePage Nothing = new([], null);
    private static readonly ChangePage LeftOut = new([], Place);
    private static readonly ChangePage Something = new([new Change(Place with { Sequence = 8 }, Guid.NewGuid(), "case-opened.v1", "")], Place with { Sequence = 8 });

    private readonly ChangeSignal _signal = new();
    private readonly ApplicationLifetime _host = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly List<FeedPosition?> _read = [];
    private int _asked;

    [Test]
    public async Task What_is_written_while_it_is_looked_is_not_missed()
    {
        var page = await PollAsync(Longer, n =>
        {
            if (n == 1)
                _signal.Raise();
            return n == 1 ? Nothing : Something;
        });

        Assert.That((page, _read.Count), Is.EqualTo((Something, 2)));
    }

    [Test]
    public void A_client_has_ten_places_and_gets_them_back()
    {
        var poll = new LongPoll(_signal, _host);
        var places = Enumerable.Range(0, LongPoll.MostOfAClient).Select(_ => poll.PlaceFor("one", Longer)).ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(places, Has.None.Null);
            Assert.That(poll.PlaceFor("one", Longer), Is.Null, "an eleventh");
            Assert.That(poll.PlaceFor("one", TimeSpan.Zero), Is.Not.Null, "who does not wait needs none");
            Assert.That(poll.PlaceFor("two", Longer), Is.Not.Null);
        });
        places[3]!.Dispose();
        Assert.That((poll.PlaceFor("one", Longer) is not null, poll.PlaceFor("one", Longer) is null), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task Who_waits_is_woken()
    {
        var waiting = PollAsync(Longer, n => n < 3 ? Nothing : Something);
        while (!waiting.IsCompleted)
        {
            _signal.Raise();
            await Task.Yield();
        }

        Assert.That(await waiting, Is.EqualTo(Something));
    }

    [Test]
    public async Task What_a_filter_left_out_leads_on_at_once_from_where_it_was_read()
    {
        var page = await PollAsync(Longer, n => n == 1 ? LeftOut : Something);

        Assert.That((page, _read), Is.EqualTo((Something, new List<FeedPosition?> { null, Place })));
    }

    [Test]
    public async Task An_end_of_waiting_keeps_how_far_was_read()
    {
        var page = await PollAsync(TimeSpan.FromMilliseconds(50), n => n == 1 ? LeftOut : Nothing);

        Assert.That((page.Changes.Count, page.Read), Is.EqualTo((0, (FeedPosition?)Place)));
    }

    [Test]
    public async Task Nothing_is_waited_for_by_who_asks_for_no_waiting([Values] bool isGone)
    {
        var page = await PollAsync(isGone ? Longer : TimeSpan.Zero, _ => isGone ? ChangePage.Gone : Nothing);

        Assert.That((page.CursorIsGone, _read.Count), Is.EqualTo((isGone, 1)));
    }

    [Test]
    public async Task A_standby_is_not_waited_for() => Assert.That((await PollAsync(Longer, _ => ChangePage.OfStandby)).IsStandby);

    [Test]
    public async Task A_host_that_stops_waits_no_longer()
    {
        var waiting = PollAsync(Longer, _ => Nothing);
        _host.StopApplication();

        Assert.That((await waiting).Changes, Is.Empty);
    }

    [Test]
    public void A_client_that_went_away_is_not_waited_for()
    {
        using var gone = new CancellationTokenSource();
        var waiting = new LongPoll(_signal, _host).ReadAsync(Longer, (_, _) => Task.FromResult(Nothing), null, gone.Token);
        gone.Cancel();

        Assert.That(() => waiting.WaitAsync(Deadline), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Where_every_reading_is_logged_there_are_two_at_most_and_only_what_gives_nothing_out_is_asked_in_between([Values] bool somethingComes)
    {
        var waiting = PollAsync(Longer, n => n == 1 || !somethingComes ? Nothing : Something, asked => asked == 4);
        while (!waiting.IsCompleted)
        {
            _signal.Raise();
            await Task.Yield();
        }

        Assert.That(((await waiting).Changes.Count, _read.Count, _asked), Is.EqualTo((somethingComes ? 1 : 0, 2, 4)));
    }

    private Task<ChangePage> PollAsync(TimeSpan wait, Func<int, ChangePage> read, Func<int, bool>? goesOn = null) => new LongPoll(_signal, _host).ReadAsync(
        wait,
        (from, _) =>
        {
            _read.Add(from);
            return Task.FromResult(read(_read.Count));
        },
        goesOn is null ? null : (_, _) => Task.FromResult(goesOn(++_asked)),
        CancellationToken.None).WaitAsync(Deadline);
}
