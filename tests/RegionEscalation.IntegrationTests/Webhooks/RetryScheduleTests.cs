using RegionEscalation.Feeds;

namespace RegionEscalation.IntegrationTests.Webhooks;

public sealed class RetryScheduleTests
{
    [TestCase(1, 5)]
    [TestCase(2, 10)]
    [TestCase(3, 20)]
    [TestCase(10, 2560)]
    [TestCase(12, 10240)]
    [TestCase(13, 14400)]
    [TestCase(1000, 14400)]
    [TestCase(int.MaxValue, 14400)]
    public void It_doubles_to_four_hours_of_which_half_to_all_is_waited(int failures, int seconds) => Assert.Multiple(() =>
    {
        Assert.That(RetrySchedule.Wait(failures, 0), Is.EqualTo(TimeSpan.FromSeconds(seconds) / 2));
        Assert.That(RetrySchedule.Wait(failures, 0.5), Is.EqualTo(TimeSpan.FromSeconds(seconds) * 0.75));
        Assert.That(RetrySchedule.Wait(failures, 1), Is.EqualTo(TimeSpan.FromSeconds(seconds)));
    });

    [Test]
    public void It_goes_on_for_days_and_begins_within_minutes()
    {
        TimeSpan After(int retries) => Enumerable.Range(1, retries).Aggregate(TimeSpan.Zero, (sum, n) => sum + RetrySchedule.Wait(n, 1));

        Assert.Multiple(() =>
        {
            Assert.That(After(6), Is.LessThan(TimeSpan.FromMinutes(6)));
            Assert.That(After(10), Is.LessThan(TimeSpan.FromMinutes(90)));
            Assert.That(After(15), Is.LessThan(TimeSpan.FromDays(1)), "more than fifteen in the first day");
        });
    }

    [TestCase(60, 60, TestName = "A_longer_wait_that_the_endpoint_asks_for_is_honoured")]
    [TestCase(1, 5, TestName = "A_shorter_one_is_not")]
    [TestCase(-60, 5, TestName = "Nor_one_that_is_over")]
    [TestCase(1000000, 14400, TestName = "Nor_more_than_four_hours")]
    public void Retry_after(int asked, int seconds) => Assert.That(RetrySchedule.Wait(1, 1, TimeSpan.FromSeconds(asked)), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [Test]
    public void A_subscription_is_given_up_when_nothing_was_delivered_for_five_days()
    {
        var since = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        Assert.Multiple(() =>
        {
            Assert.That(RetrySchedule.IsGivenUp(since, since.AddDays(5).AddMicroseconds(-1)), Is.False);
            Assert.That(RetrySchedule.IsGivenUp(since, since.AddDays(5)), Is.True);
            Assert.That(RetrySchedule.IsGivenUp(null, since.AddDays(50)), Is.False);
        });
    }
}
