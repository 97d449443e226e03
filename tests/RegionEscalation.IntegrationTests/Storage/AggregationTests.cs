using System.Text.Json;
using RegionEscalation.Domain.Cases;

namespace RegionEscalation.IntegrationTests.Storage;

/// <summary>A case folded from its events is the case that was saved, at every version and instant.</summary>
public sealed class AggregationTests : StoreFixture
{
    private readonly List<EscalationCase> _saved = [];

    protected override async Task SeedAsync()
    {
        var deviation = Store.OpenSession(Given.Kalmar).Append(null, [Given.Reported("AVT-1")]);
        _saved.Add(await SaveAsync(null, [Given.Opened("AVT-1")]));
        foreach (var e in new CaseEvent[]
        {
            new DeviationAttached(At(1), AttachedDeviation.CopyOf(deviation, At(1))),
            Given.Completed(at: At(2)),
            Given.Escalated(0, 3, At(3)),
            new ReturnCriteriaSet(At(4), 3, [new ReturnCriterion(Guid.CreateVersion7(), "Alla leveranser i tid under sex veckor.", At(90))]),
        })
            _saved.Add(await SaveAsync(_saved[^1], [e]));
    }

    [Test]
    public async Task Live_it_is_the_snapshot()
    {
        var snapshot = await FetchAsync(q => q.Case(_saved[0].Id));
        var live = await FetchAsync(q => q.AggregateCase(_saved[0].Id));

        Assert.That((Json(live), Json(snapshot)), Is.EqualTo((Json(_saved[^1]), Json(_saved[^1]))));
    }

    [Test]
    public async Task At_every_version_it_is_the_case_as_saved_then()
    {
        foreach (var then in _saved)
            Assert.That(Json(await FetchAsync(q => q.AggregateCase(then.Id, version: then.Version))), Is.EqualTo(Json(then)));
    }

    [Test]
    public async Task At_every_instant_it_is_the_case_as_saved_then()
    {
        foreach (var then in _saved)
        {
            Assert.That(Json(await FetchAsync(q => q.AggregateCase(then.Id, at: then.UpdatedAt))), Is.EqualTo(Json(then)));
            Assert.That(Json(await FetchAsync(q => q.AggregateCase(then.Id, at: then.UpdatedAt.AddSeconds(1).ToOffset(TimeSpan.FromHours(2))))), Is.EqualTo(Json(then)));
        }
    }

    [Test]
    public async Task Before_it_was_opened_and_in_another_region_there_is_none()
    {
        Assert.That(await FetchAsync(q => q.AggregateCase(_saved[0].Id, at: Given.Day.AddTicks(-10))), Is.Null);
        Assert.That(await FetchAsync(q => q.AggregateCase(_saved[0].Id), Given.Halland), Is.Null);
    }

    private static DateTimeOffset At(int days) => Given.Day.AddDays(days);

    private static string Json(EscalationCase? c) => JsonSerializer.Serialize(c);
}
