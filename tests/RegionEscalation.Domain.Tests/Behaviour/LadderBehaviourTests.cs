using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Behaviour;

/// <summary>The document about what the ladder allows says what the code decides, for every edition, step and command.</summary>
public class LadderBehaviourTests
{
    private string _committed = null!;
    private Dictionary<(string Edition, string Section, string Row, Situation, int Step), string> _said = null!;

    [OneTimeSetUp]
    public void ReadTheDocument()
    {
        var file = Path.Combine(Repository.Root, LadderBehaviour.FileName);
        if (Environment.GetEnvironmentVariable(LadderBehaviour.Switch) == "1")
            File.WriteAllText(file, LadderBehaviour.Document());
        _committed = File.Exists(file) ? File.ReadAllText(file) : "";
        _said = LadderBehaviour.Read(_committed);
    }

    [TestCaseSource(nameof(Pairs))]
    public void What_is_decided_is_what_the_document_says(string edition, int step, Type command)
    {
        var ladder = Ladders.Find(edition)!;
        var rows = LadderBehaviour.Sections(ladder).SelectMany(s => s.Rows.Where(r => r.Command == command), (s, r) => (Section: s, Row: r)).ToArray();

        Assert.That(rows, Is.Not.Empty, $"{command.Name} has no row: it needs a canonical command.");
        Assert.Multiple(() =>
        {
            foreach (var (section, row) in rows)
            {
                foreach (var (title, situation) in LadderBehaviour.Situations(section))
                    Assert.That(_said.GetValueOrDefault((edition, section.Title, row.Label, situation, step)), Is.EqualTo(row.Verdict(ladder, step, situation)), $"{row.Label} {title}");
            }
        });
    }

    [Test]
    public void The_document_is_the_one_that_the_code_writes() => Assert.That(_committed, Is.EqualTo(LadderBehaviour.Document()),
        $"What the ladder allows has changed. If that is intended, run the domain tests once with {LadderBehaviour.Switch}=1: it rewrites {LadderBehaviour.FileName}; commit it with the change.");

    [Test]
    public void Every_command_is_allowed_somewhere_in_every_edition()
    {
        var allowed = _said.Where(s => s.Value == Row.Allowed).Select(s => (s.Key.Edition, s.Key.Section, s.Key.Row)).ToHashSet();
        var rows = from edition in Ladders.All
                   from section in LadderBehaviour.Sections(edition)
                   from row in section.Rows
                   select (edition.Version, row.Command, IsAllowed: allowed.Contains((edition.Version, section.Title, row.Label)));

        Assert.That(rows.GroupBy(r => (r.Version, r.Command)).Where(g => !g.Any(r => r.IsAllowed)).Select(g => g.Key), Is.Empty);
    }

    private static IEnumerable<TestCaseData> Pairs() =>
        from edition in Ladders.All
        from step in Enumerable.Range(0, LadderDefinition.HighestStep + 1)
        from command in typeof(CaseCommand).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(CaseCommand))).OrderBy(t => t.Name, StringComparer.Ordinal)
        select new TestCaseData(edition.Version, step, command).SetArgDisplayNames(edition.Version, $"step {step}", command.Name);
}
