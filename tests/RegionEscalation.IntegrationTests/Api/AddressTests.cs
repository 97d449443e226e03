using System.Net;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>What an address must not hold is refused before anything reads it: it would break a connection, end up in a log, or be ignored.</summary>
public sealed class AddressTests : KalmarFixture
{
    private const string SoleTrader = "6408233234";

    [TestCase("cases?category=%00", "category")]
    [TestCase("contracts?category=a%00b", "category")]
    [TestCase("deviations?contract=%00", "contract")]
    [TestCase("/national/v1/cases?region=%00", "region")]
    [TestCase("/escalation/v1/glossary?ladder=%00", "ladder")]
    public async Task A_null_character_is_refused_with_its_field(string path, string field)
    {
        var answer = path.StartsWith("/national", StringComparison.Ordinal)
            ? await Kalmar.NationalAsync(path["/national/v1/".Length..])
            : await Kalmar.GetAsync(path);

        Assert.That((answer.Status, answer.Body!["errors"]![field]![0]!["rule"]!.ToString()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "characters")), answer.Text);
    }

    [TestCase("cases?stepp=3", "stepp")]
    [TestCase("cases?supplierId=01900000-0000-7000-8000-000000000000", "supplierId")]
    [TestCase("deviations?page=1&size=20", "size")]
    [TestCase("cases?http=1", "http")]
    [TestCase("cases?session=1", "session")]
    [TestCase("deviations/01900000-0000-7000-8000-000000000000?id=5", "id")]
    [TestCase("contracts/T-1?at=2026-03-02T09:15:00Z", "at")]
    public async Task A_parameter_that_the_operation_does_not_know_is_refused_and_not_ignored(string path, string field)
    {
        var answer = await Kalmar.GetAsync(path);

        Assert.That((answer.Status, answer.Body!["errors"]![field]![0]!["rule"]!.ToString()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "unknown")), answer.Text);
    }

    [Test]
    public async Task A_personal_identity_number_stands_in_no_address()
    {
        var hyphenated = $"{SoleTrader[..6]}-{SoleTrader[6..]}";
        var contract = await Kalmar.SendAsync("handler", HttpMethod.Put, $"contracts/{hyphenated}", Bodies.Contract("556016-0680", "Exempel AB"));
        var filter = await Kalmar.GetAsync($"cases?supplier={SoleTrader}");
        var name = await Kalmar.GetAsync($"cases?{SoleTrader}=1");

        Assert.Multiple(() =>
        {
            Assert.That((contract.Status, contract.Body!["code"]!.ToString()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G8")), contract.Text);
            Assert.That((filter.Status, filter.Body!["code"]!.ToString()), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-G8")), filter.Text);
            Assert.That(contract.Text + filter.Text + name.Text, Does.Not.Contain(SoleTrader[6..]));
        });
    }

    [Test]
    public async Task What_the_caller_may_not_see_is_404_whatever_the_address_holds() =>
        Assert.That((await Kalmar.GetAsync("/escalation/v1/regions/13/cases?category=%00&nonsense=1")).Status, Is.EqualTo(HttpStatusCode.NotFound));

    [Test]
    public async Task Probes_are_not_counted_against_the_rate_of_anybody()
    {
        await using var host = await TestHost.StartAsync(new() { ["RateLimit:Burst"] = "5", ["RateLimit:PerSecond"] = "1" });
        using var http = host.CreateClient();
        var probes = new List<HttpStatusCode>();
        for (var i = 0; i < 30; i++)
            probes.Add((await http.GetAsync(new Uri(i % 2 == 0 ? "/health/live" : "/health/ready", UriKind.Relative))).StatusCode);
        var others = new List<HttpStatusCode>();
        for (var i = 0; i < 10; i++)
            others.Add((await http.GetAsync(new Uri("/escalation/v1/api-info", UriKind.Relative))).StatusCode);

        Assert.Multiple(() =>
        {
            Assert.That(probes.Distinct(), Is.EqualTo(new[] { HttpStatusCode.OK }));
            Assert.That(others, Does.Contain(HttpStatusCode.TooManyRequests), "the limit itself is on");
        });
    }
}
