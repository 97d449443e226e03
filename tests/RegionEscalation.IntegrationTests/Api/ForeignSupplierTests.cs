using System.Net;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>A foreign supplier, by country, register and number, the whole way from the catalogue to those who read across regions.</summary>
public sealed class ForeignSupplierTests
{
    private const string Number = "NO:0192:923609016";

    [Test]
    public async Task Its_case_at_step_3_is_found_nationally_by_its_number_and_by_itself_and_met_about()
    {
        await using var host = await TestHost.StartAsync(new() { ["Access:Clients:supplier-reader:Suppliers:0"] = Number });
        using var kalmar = new RegionAtWork(host);
        using var halland = new RegionAtWork(host, "13", "halland");
        var id = await kalmar.CaseAtAsync(3, "no:0192:923 609 016", "Fjordpumpe AS");
        await kalmar.CaseAtAsync(3);
        await halland.ContractAsync(Number, "Fjordpumpe AS");

        var found = await kalmar.NationalAsync($"suppliers/{Number}");
        var lower = await kalmar.NationalAsync("suppliers/no:0192:923609016", "halland-reader");
        var listed = await kalmar.NationalAsync("suppliers");
        var filtered = await kalmar.NationalAsync($"cases?supplier={Number}");
        var itself = await kalmar.NationalAsync($"cases/08/{id}", "supplier-reader");
        var own = await kalmar.NationalAsync("suppliers", "supplier-reader");
        var changes = await kalmar.NationalAsync("changes?since=2000-01-01T00:00:00Z", "supplier-reader");
        var meeting = await kalmar.SendAsync("kalmar-handler", HttpMethod.Post, "/national/v1/joint-meetings", new
        {
            supplier = new { organisationNumber = Number },
            convener = "Kategoriledare",
            startsAt = host.Clock.GetUtcNow().AddHours(1),
            place = "Digitalt",
            invitedRegions = new[] { new { code = "13" } },
        });
        var meetings = await kalmar.NationalAsync($"joint-meetings?supplier={Number}", "halland-handler");

        Assert.Multiple(() =>
        {
            Assert.That((found.Status, (string?)found.Body!["organisationNumber"], (string?)found.Body["name"], found.Body["highestStep"]!.GetValue<int>()), Is.EqualTo((HttpStatusCode.OK, Number, "Fjordpumpe AS", 3)));
            Assert.That(found.Body!["regionsConcerned"]!.AsArray().Select(r => (string?)r), Is.EqualTo(new[] { "08", "13" }));
            Assert.That((string?)lower.Body!["organisationNumber"], Is.EqualTo(Number));
            Assert.That(filtered.Body!["items"]!.AsArray().Select(c => (string?)c!["caseId"]), Is.EqualTo(new[] { $"{id}" }));
            Assert.That((string?)itself.Body!["supplier"]!["organisationNumber"], Is.EqualTo(Number), itself.Text);
            Assert.That(own.Body!["items"]!.AsArray().Select(s => (string?)s!["organisationNumber"]), Is.EqualTo(new[] { Number }), "of itself and of nobody else");
            Assert.That(changes.Body!["items"]!.AsArray(), Has.Count.EqualTo(1), changes.Text);
            Assert.That((meeting.Status, (string?)meeting.Body!["supplier"]!["organisationNumber"]), Is.EqualTo((HttpStatusCode.Created, Number)), meeting.Text);
            Assert.That(meetings.Body!["items"]!.AsArray(), Has.Count.EqualTo(1), meetings.Text);
        });
        var link = (string)listed.Body!["items"]!.AsArray().Single(s => (string?)s!["organisationNumber"] == Number)!["_links"]!["self"]!["href"]!;
        Assert.That((await kalmar.NationalAsync(new Uri(link).AbsolutePath["/national/v1/".Length..])).Text, Is.EqualTo(found.Text));
        Assert.That((await kalmar.GetAsync($"suppliers/{Number}")).Body!["figures"]!["highestStep"]!.GetValue<int>(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_natural_person_stays_behind_a_pseudonym_and_nobody_is_called_to_meet_about_its_number()
    {
        await using var host = await TestHost.StartAsync(new() { ["Access:Clients:supplier-reader:Suppliers:0"] = Number });
        using var kalmar = new RegionAtWork(host);
        await kalmar.KnowsAsync("contracts/NORSK-1", CatalogueBodies.Contract(CatalogueBodies.By(Number, "Kari Nordmann", true)));
        var id = await kalmar.CaseAtAsync(3, Number, "Kari Nordmann");
        var known = (await kalmar.GetAsync($"cases/{id}")).Body!["supplier"]!["id"]!.GetValue<Guid>();

        var named = (await kalmar.NationalAsync($"cases/08/{id}")).Body!["supplier"]!;

        Assert.That((named["organisationNumber"], (string?)named["name"]), Is.EqualTo(((object?)null, $"Enskild näringsidkare {known.ToString("N")[^8..]}")));
        Assert.That((await kalmar.NationalAsync($"suppliers/{Number}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await kalmar.NationalAsync($"suppliers/{known}")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await kalmar.NationalAsync($"cases/08/{id}", "supplier-reader")).Status, Is.EqualTo(HttpStatusCode.NotFound), "nobody can tell that it is about them");
        var meeting = await kalmar.SendAsync("kalmar-handler", HttpMethod.Post, "/national/v1/joint-meetings", new
        {
            supplier = new { organisationNumber = Number },
            convener = "Kategoriledare",
            startsAt = host.Clock.GetUtcNow().AddHours(1),
            place = "Digitalt",
            invitedRegions = new[] { new { code = "13" } },
        });
        Assert.That(meeting.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), meeting.Text);
    }
}
