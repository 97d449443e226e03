using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RegionEscalation.Host;
using RegionEscalation.Integrations.Catalogue.Pull;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>A host with settings that are not as they must be does not start, and says why in a line without a secret.</summary>
public sealed class PullSettingsTests
{
    private const string Source = "Catalogue:Sources:08:";

    private static readonly object[] Wrong =
    [
        new object[] { "Url must be an absolute https address", Source + "Url", "http://katalog.example/hemligt" },
        new object[] { "Url must be an absolute https address", Source + "Url", "https://hemligt:hemligt@katalog.example/" },
        new object[] { "Url must be an absolute https address", Source + "Url", "katalog" },
        new object[] { "needs either Interval", Source + "Interval", "" },
        new object[] { "needs either Interval", Source + "Interval", "00:00:10" },
        new object[] { "needs either Interval", Source + "Interval", "8.00:00:00" },
        new object[] { "needs either Interval", Source + "DailyAt", "03:15" },
        new object[] { "must be a Swedish time", Source + "DailyAt", "25:00" },
        new object[] { "does not know: 99", "Catalogue:Sources:99:Url", "https://katalog.example/" },
        new object[] { "not known or cannot be read: Intervall", Source + "Intervall", "hemligt" },
        new object[] { "not known or cannot be read: Timeout", Source + "Timeout", "hemligt" },
        new object[] { "not known or cannot be read: Extent", Source + "Extent", "hemligt" },
        new object[] { "not known or cannot be read: Authentication", Source + "Authentication:Kind", "hemligt" },
        new object[] { "no Kind says how", Source + "Authentication:Key", "hemligt" },
        new object[] { "needs a Key", Source + "Authentication:Kind", "ApiKey" },
        new object[] { "needs a TokenUrl", Source + "Authentication:Kind", "ClientCredentials" },
        new object[] { "needs ClientId and ClientSecret", Source + "Authentication:Kind", "ClientCredentials" },
        new object[] { "ItemsPath must be names", Source + "ItemsPath", "a..b" },
        new object[] { "NextCursorPath and CursorParameter need each other", Source + "CursorParameter", "from" },
        new object[] { "NextLinkPath and NextCursorPath exclude each other", Source + "NextCursorPath", "from" },
        new object[] { "ChangedSincePath needs ChangedSinceParameter", Source + "ChangedSincePath", "delta" },
        new object[] { "RequestsPerSecond must be", Source + "RequestsPerSecond", "0" },
        new object[] { "Timeout must be", Source + "Timeout", "00:06:00" },
        new object[] { "MostPages must be", Source + "MostPages", "0" },
        new object[] { "MostBytes must be", Source + "MostBytes", "0" },
        new object[] { "PageSize must be", Source + "PageSize", "0" },
        new object[] { "Mapping:contract.titel is no field", Source + "Mapping:contract.titel:Path", "benamning" },
        new object[] { "either contractNumber and contract", Source + "Mapping:supplier.name:Path", "namn" },
        new object[] { "contract.title needs either Path or Constant", Source + "Mapping:contract.title:Constant", "hemligt" },
        new object[] { "contract.title has a Path that is none", Source + "Mapping:contract.title:Path", "a[" },
        new object[] { "contract is no single field", Source + "Mapping:contract:Path", "avtal" },
        new object[] { "options needs Items", Source + "Mapping:contract.options:Path", "optioner" },
        new object[] { "Mapping:contract.clauses:Items:kind is no field", Source + "Mapping:contract.clauses:Items:kind:Path", "typ" },
        new object[] { "Catalogue:Pull:Lease must be a duration", "Catalogue:Pull:Lease", "hemligt" },
    ];

    [TestCaseSource(nameof(Wrong))]
    public void What_is_wrong_is_said_and_no_value_shown(string reason, string key, string value)
    {
        var settings = Right();
        settings[key] = value.Length == 0 ? null! : value;

        Assert.That(() => Of(settings), Throws.TypeOf<OptionsValidationException>().With.Matches<OptionsValidationException>(e =>
            StartupProblem.LineFor(e!) is { } line && line.Contains(reason, StringComparison.Ordinal) && !line.Contains("hemligt", StringComparison.Ordinal) && !line.Contains('\n', StringComparison.Ordinal)));
    }

    [TestCase("contractNumber")]
    [TestCase("contract.title")]
    [TestCase("contract.ownerAddress")]
    [TestCase("contract.supplier.name")]
    [TestCase("contract.supplier.organisationNumber")]
    public void A_field_that_a_contract_cannot_do_without_is_filled(string field)
    {
        var settings = Right();
        Assert.That(settings.Remove($"{Source}Mapping:{field}:Path"), Is.True);

        Assert.That(() => Of(settings), Throws.TypeOf<OptionsValidationException>().With.Matches<OptionsValidationException>(e => StartupProblem.LineFor(e!) == $"{Source}Mapping:{field} is missing: a line cannot do without."));
    }

    [Test]
    public void A_snapshot_is_not_made_of_what_has_changed()
    {
        var settings = Right();
        settings[Source + "ChangedSinceParameter"] = "since";
        settings[Source + "Extent"] = "Snapshot";

        Assert.That(() => Of(settings), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("what has changed is not the whole catalogue"));
    }

    [TestCase(1000, null)]
    [TestCase(1001, "Catalogue:Sources:08:Mapping:contract.category has more than 1000 Values.")]
    public void As_many_words_may_be_translated_as_a_catalogue_has_and_no_more(int words, string? problem)
    {
        var settings = Right();
        for (var i = 0; i < words; i++)
            settings[$"{Source}Mapping:contract.category:Values:hemligt{i}"] = "Medicinteknik";

        if (problem is null)
            Assert.That(Of(settings).Sources["08"].Options.Mapping["contract.category"].Values, Has.Count.EqualTo(words));
        else
            Assert.That(() => Of(settings), Throws.TypeOf<OptionsValidationException>().With.Matches<OptionsValidationException>(e => StartupProblem.LineFor(e!) == problem));
    }

    [Test]
    public void What_is_right_is_read_as_it_is_written()
    {
        var source = Of(Right()).Sources["08"];

        Assert.Multiple(() =>
        {
            Assert.That((source.Url.Host, source.Options.Interval, source.Options.Extent), Is.EqualTo(("katalog.example", TimeSpan.FromHours(1), ImportExtent.Partial)));
            Assert.That(source.Options.Mapping["contract.clauses"].Items!["type"].Values!["vite"], Is.EqualTo("penalty"));
            Assert.That(Of([]).Sources, Is.Empty, "a platform without any catalogue starts");
        });
    }

    [Test]
    public void The_documented_settings_are_right()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "catalogue-source.md"));
        var json = document.Split("```json")[1].Split("```")[0];
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));

        var source = PullSettings.Of(new ConfigurationBuilder().AddJsonStream(stream).Build(), development: false).Sources["08"];

        Assert.That((source.DailyAt, source.Options.Extent, source.Options.Mapping["contract.clauses"].Items!["type"].Values!["*"]), Is.EqualTo((new TimeOnly(3, 15), ImportExtent.Snapshot, "")));
    }

    [Test]
    public void The_digest_changes_with_every_setting_but_the_secrets()
    {
        var digest = Of(Right()).Sources["08"].Setting;
        var (mapping, key) = (Right(), Right());
        mapping[Source + "Mapping:contract.title:Path"] = "titel";
        (key[Source + "Authentication:Kind"], key[Source + "Authentication:Key"]) = ("ApiKey", "ett");
        var first = Of(key).Sources["08"].Setting;
        key[Source + "Authentication:Key"] = "två".Replace('å', 'a');

        Assert.That(Of(Right()).Sources["08"].Setting, Is.EqualTo(digest));
        Assert.That(Of(mapping).Sources["08"].Setting, Is.Not.EqualTo(digest));
        Assert.That(Of(key).Sources["08"].Setting, Is.EqualTo(first).And.Not.EqualTo(digest));
    }

    [TestCase("2026-03-02T01:00:00Z", 0, "2026-03-02T02:15:00Z", TestName = "Today_when_its_time_is_to_come")]
    [TestCase("2026-03-02T02:15:00Z", 0, "2026-03-03T02:15:00Z", TestName = "Tomorrow_when_it_has_come")]
    [TestCase("2026-03-02T01:00:00Z", 0.5, "2026-03-02T02:17:30Z", TestName = "A_little_later_by_chance")]
    [TestCase("2026-07-01T12:00:00Z", 0, "2026-07-02T01:15:00Z", TestName = "By_Swedish_summer_time")]
    public void A_source_is_pulled_at_its_time_of_day(string now, double random, string next)
    {
        var settings = Right();
        settings.Remove(Source + "Interval");
        settings[Source + "DailyAt"] = "03:15";
        var source = Of(settings).Sources["08"];

        Assert.That(PullSchedule.Next(source, At(now), random), Is.EqualTo(At(next)));
        Assert.That(PullSchedule.First(source, At(now), random), Is.EqualTo(At(next)), "also the first time");
    }

    [Test]
    public void A_time_that_the_clocks_skip_comes_an_hour_later()
    {
        var settings = Right();
        settings.Remove(Source + "Interval");
        settings[Source + "DailyAt"] = "02:30";

        Assert.That(PullSchedule.Next(Of(settings).Sources["08"], At("2026-03-29T00:00:00Z"), 0), Is.EqualTo(At("2026-03-29T01:30:00Z")));
    }

    [Test]
    public void After_a_failure_it_is_tried_again_sooner_and_then_less_often_and_never_later_than_the_schedule()
    {
        var (source, now) = (Of(Right()).Sources["08"], At("2026-03-02T08:15:00Z"));
        TimeSpan After(int failures, double random = 1, TimeSpan? asked = null) => PullSchedule.AfterFailure(source, failures, now, random, asked) - now;

        Assert.Multiple(() =>
        {
            Assert.That(After(1, 0), Is.EqualTo(TimeSpan.FromSeconds(30)));
            Assert.That(After(1), Is.EqualTo(TimeSpan.FromMinutes(1)));
            Assert.That(After(4), Is.EqualTo(TimeSpan.FromMinutes(8)));
            Assert.That(After(100), Is.EqualTo(TimeSpan.FromHours(1)));
            Assert.That(After(1, asked: TimeSpan.FromHours(2)), Is.EqualTo(TimeSpan.FromHours(2)));
            Assert.That(After(1, asked: TimeSpan.FromDays(20)), Is.EqualTo(TimeSpan.FromHours(6)));
            Assert.That(After(4, asked: TimeSpan.FromSeconds(1)), Is.EqualTo(TimeSpan.FromMinutes(8)));
            Assert.That(PullSchedule.First(source, now, 1) - now, Is.EqualTo(TimeSpan.FromMinutes(5)), "not all regions at once");
            Assert.That(PullSchedule.Next(source, now, 0) - now, Is.EqualTo(TimeSpan.FromHours(1)));
        });
    }

    private static PullSettings Of(Dictionary<string, string> settings) =>
        PullSettings.Of(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build(), development: false);

    private static Dictionary<string, string> Right() => PullConfiguration.Of("08", PullBench.OptionsOf("https://katalog.example/avtal"));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
