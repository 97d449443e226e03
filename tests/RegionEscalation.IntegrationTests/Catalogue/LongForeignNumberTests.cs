using System.Net;
using RegionEscalation.IntegrationTests.Api;

namespace RegionEscalation.IntegrationTests.Catalogue;

/// <summary>R-G9: a number in a foreign register has at most 27 characters. One of as many goes the whole way, a longer one is refused wherever it is said.</summary>
public sealed class LongForeignNumberTests
{
    private static readonly string Longest = "NO:A123456789:" + new string('7', 27);

    [Test]
    public async Task The_longest_number_there_is_is_found_nationally_and_a_longer_one_is_refused_and_never_a_fault_of_ours()
    {
        await using var host = await TestHost.StartAsync();
        using var kalmar = new RegionAtWork(host);
        var id = await kalmar.CaseAtAsync(3, Longest, "Fjordpumpe AS");
        var found = await kalmar.NationalAsync($"suppliers/{Longest}");
        var filtered = await kalmar.NationalAsync($"cases?supplier={Longest}");
        var own = await kalmar.GetAsync($"suppliers/{Longest}");

        Assert.That((found.Status, (string?)found.Body!["organisationNumber"], own.Status), Is.EqualTo((HttpStatusCode.OK, Longest, HttpStatusCode.OK)));
        Assert.That(filtered.Body!["items"]!.AsArray().Select(c => (string?)c!["caseId"]), Is.EqualTo(new[] { $"{id}" }));
        foreach (var longer in new[] { Longest + "7", Longest + new string('7', 100), Longest + new string('7', 1500) })
        {
            var read = new[]
            {
                await kalmar.NationalAsync($"suppliers/{longer}"), await kalmar.NationalAsync($"cases?supplier={longer}"), await kalmar.NationalAsync($"joint-meetings?supplier={longer}"),
                await kalmar.GetAsync($"suppliers/{longer}"), await kalmar.GetAsync($"suppliers?number={longer}"), await kalmar.GetAsync($"cases?supplier={longer}"),
            };
            var parts = longer.Split(':');
            var written = new[]
            {
                await kalmar.PutAsync("contracts/LONG-1", CatalogueBodies.Contract(CatalogueBodies.By(longer, "Fjordpumpe AS"))),
                await kalmar.PutAsync("contracts/LONG-1", CatalogueBodies.Contract(new { organisationNumber = parts[2], country = parts[0], scheme = parts[1], name = "Fjordpumpe AS" })),
                await kalmar.PutAsync($"suppliers/{longer}", new { name = "Fjordpumpe AS" }),
                await kalmar.SendAsync("kalmar-handler", HttpMethod.Post, "/national/v1/joint-meetings", new
                {
                    supplier = new { organisationNumber = longer },
                    convener = "Kategoriledare",
                    startsAt = host.Clock.GetUtcNow().AddHours(1),
                    place = "Digitalt",
                    invitedRegions = new[] { new { code = "13" } },
                }),
                await kalmar.PostAsync("watch-list", new { organisationNumber = longer, name = "Fjordpumpe AS" }),
            };
            var line = await Files.NdjsonAsync(Files.Line(organisationNumber: longer));

            Assert.That(read.Select(a => (int)a.Status), Is.All.LessThan(500), longer);
            Assert.That(read.Take(3).Where(a => a.Status == HttpStatusCode.OK).Select(a => a.Body!["items"]!.AsArray().Count), Is.All.Zero, "nobody has it");
            Assert.That(written.Select(a => (int)a.Status), Is.All.InRange(400, 499), string.Join('\n', written.Select(a => a.Text)));
            Assert.That(line.Faults().Single(), Does.StartWith("1 contract.supplier.organisationNumber "));
        }
    }
}
