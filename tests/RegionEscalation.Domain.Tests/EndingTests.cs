using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Tests;

/// <summary>When a complete catalogue ends contracts unasked.</summary>
public sealed class EndingTests
{
    [TestCase(0, 0, true, null)]
    [TestCase(0, 100, false, null)]
    [TestCase(10, 100, true, null)]
    [TestCase(11, 100, true, Endings.TooMany)]
    [TestCase(5, 6, true, null, Description = "so few are ended whatever part they are")]
    [TestCase(6, 7, true, Endings.TooMany)]
    [TestCase(5, 5, true, Endings.TooMany, Description = "unless they are all")]
    [TestCase(1, 1, true, Endings.TooMany)]
    [TestCase(1, 100, false, Endings.NumberNotRead)]
    public void Somebody_is_asked_where_the_catalogue_may_have_been_cut_off(long missing, long known, bool everyNumberRead, string? why) =>
        Assert.That(Endings.WhyAsk(missing, known, 0.10m, everyNumberRead), Is.EqualTo(why));
}
