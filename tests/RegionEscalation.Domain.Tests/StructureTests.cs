using System.Xml.Linq;

namespace RegionEscalation.Domain.Tests;

/// <summary>The project references are the architecture diagram; a new arrow is a decision, not an accident.</summary>
public class StructureTests
{
    private static readonly Dictionary<string, string[]> Graph = new()
    {
        ["src/Domain"] = [],
        ["src/Http"] = [],
        ["src/Storage"] = ["Domain"],
        ["src/Feeds"] = ["Domain", "Http"],
        ["src/RegionApi"] = ["Feeds", "Http", "Integrations", "Storage"],
        ["src/NationalApi"] = ["Domain", "Feeds", "Http"],
        ["src/Integrations"] = ["Http", "Storage"],
        ["src/Host"] = ["Integrations", "NationalApi", "RegionApi"],
        ["tests/Domain.Tests"] = ["Domain"],
        ["tests/IntegrationTests"] = ["Host"],
        ["tests/Benchmarks"] = ["Host"],
    };

    [Test]
    public void Projects_reference_each_other_exactly_as_the_diagram_says()
    {
        var found = Projects().ToDictionary(
            p => $"{p.Path.Split('/')[0]}/{Short(p.Path)}",
            p => References(p.Xml, "ProjectReference").Select(Short).Order(StringComparer.Ordinal).ToArray());

        Assert.That(found, Is.EquivalentTo(Graph).Using<KeyValuePair<string, string[]>>(
            (a, b) => a.Key == b.Key && a.Value.SequenceEqual(b.Value)));
    }

    [Test]
    public void The_domain_has_no_packages_and_no_framework_but_the_runtime()
    {
        var domain = Projects().Single(p => Short(p.Path) == "Domain").Xml;

        Assert.Multiple(() =>
        {
            Assert.That(References(domain, "PackageReference"), Is.Empty);
            Assert.That(References(domain, "FrameworkReference"), Is.Empty);
        });
    }

    [Test]
    public void The_domain_reads_no_clock_and_makes_no_identities()
    {
        var offenders = Repository.Sources("src/RegionEscalation.Domain")
            .Where(f => f.Text.Contains("UtcNow", StringComparison.Ordinal)
                || f.Text.Contains("DateTime.Now", StringComparison.Ordinal)
                || f.Text.Contains("Guid.NewGuid", StringComparison.Ordinal)
                || f.Text.Contains("Guid.CreateVersion7", StringComparison.Ordinal))
            .Select(f => f.Path);

        Assert.That(offenders, Is.Empty);
    }

    [Test]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "RegionEscalation.sln")).Replace('\\', '/');

        Assert.That(Projects().Select(p => p.Path).Where(p => !solution.Contains(p, StringComparison.Ordinal)), Is.Empty);
    }

    private static IEnumerable<(string Path, XDocument Xml)> Projects() =>
        new[] { "src", "tests" }
            .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Repository.Root, top), "*.csproj", SearchOption.AllDirectories))
            .Select(file => (Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'), XDocument.Load(file)));

    private static IEnumerable<string> References(XDocument project, string kind) =>
        project.Descendants(kind).Select(e => (string)e.Attribute("Include")!);

    private static string Short(string path) =>
        Path.GetFileNameWithoutExtension(path.Replace('\\', '/')).Replace("RegionEscalation.", "", StringComparison.Ordinal);
}
