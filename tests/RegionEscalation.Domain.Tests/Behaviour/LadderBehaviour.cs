using System.Globalization;
using System.Text;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Tests.Behaviour;

/// <summary>A group of rows of the document.</summary>
/// <param name="Done">What "everything done" means for them; null where they are asked in one situation only.</param>
/// <param name="ByStep">One table for each situation with a column for each step; one table with a column for each situation otherwise.</param>
internal sealed record Section(string Title, string Intro, IReadOnlyList<Row> Rows, Situation? Done, bool ByStep);

/// <summary>What the decider says about every command at every step of every edition, as a document.</summary>
internal static class LadderBehaviour
{
    public const string Switch = "ACCEPT_LADDER_CHANGES";
    public const string FileName = "docs/ladder-behaviour.md";

    private static readonly int[] Steps = [.. Enumerable.Range(0, LadderDefinition.HighestStep + 1)];

    public static IEnumerable<Section> Sections(LadderDefinition edition) =>
    [
        new("Opening a case", "`OpenCase`, at the step that the column names, where no case stands yet.",
            [.. CanonicalTransitions.Openings], null, true),
        new("Upwards", "`Escalate`: the event and the step that it is to lead to.", [.. CanonicalTransitions.Up(edition)], Situation.DoneWithoutEffect, true),
        new("The way back", "`DeEscalate`: what it rests on and the step that it is to lead to.", [.. CanonicalTransitions.Down], Situation.DoneWithEffect, true),
        new("Closing", "`CloseCase`: the outcome. A contract at step 5 that everything is done about has ended, and the file under LOU 13:3 is complete.",
            [.. CanonicalTransitions.Closures], Situation.DoneWithEffect, true),
        new("Other commands", "What is not about moving the case. Where a verdict holds for some steps only, they are named before it.",
            [.. CanonicalCommands.All.OrderBy(r => r.Label, StringComparer.Ordinal), .. CanonicalTransitions.Reopenings(edition)], Situation.DoneWithoutEffect, false),
    ];

    /// <summary>The columns of the section's tables for the situations that it is asked in.</summary>
    public static IEnumerable<(string Title, Situation Situation)> Situations(Section section) => section.Done is not { } done
        ? [("", Situation.Arrived)]
        : [("Just arrived", Situation.Arrived), ("Everything done", done), ("Closed", Situation.Closed)];

    public static string Document()
    {
        var text = new StringBuilder(Intro);
        foreach (var edition in Ladders.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {edition.Version}: {edition.Title.Sv}\n\n");
            Table(text, ["Step", "Event", "State", "Required activities", "Decision level"], edition.Steps.Select(s => new[]
            {
                $"{s.Step}", s.Event.Label.Sv, s.Headline?.Sv ?? "–", string.Join(" · ", s.Required.Select(a => a.Label.Sv)),
                s.DialoguePartners.Last(p => p.Code == s.DecisionLevel).Label.Sv,
            }));
            foreach (var section in Sections(edition))
                Write(text, edition, section);
        }
        return text.ToString();
    }

    /// <summary>What the document says, by edition, section, row, situation and step.</summary>
    public static Dictionary<(string Edition, string Section, string Row, Situation, int Step), string> Read(string document)
    {
        var said = new Dictionary<(string, string, string, Situation, int), string>();
        string edition = "", title = "", situation = "";
        string[] columns = [];
        foreach (var line in document.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                (edition, title, situation) = (line[3..].Split(':')[0], "", "");
            else if (line.StartsWith("### ", StringComparison.Ordinal))
                (title, situation) = (line[4..], "");
            else if (line.StartsWith("**", StringComparison.Ordinal))
                situation = line.Trim('*');
            else if (!line.StartsWith('|') || title.Length == 0)
                columns = [];
            else if (columns.Length == 0)
                columns = Cells(line);
            else if (!line.StartsWith("| -", StringComparison.Ordinal))
                Read(said, edition, Sections(Ladders.Find(edition)!).Single(s => s.Title == title), situation, columns, Cells(line));
        }
        return said;
    }

    private static void Read(
        Dictionary<(string, string, string, Situation, int), string> said, string edition, Section section, string situation, string[] columns, string[] cells)
    {
        for (var i = 1; i < cells.Length; i++)
        {
            var asked = Situations(section).Single(s => s.Title == (section.ByStep && columns[i] != "Closed" ? situation : columns[i])).Situation;
            var verdicts = section.ByStep && columns[i] != "Closed"
                ? [(int.Parse(columns[i], CultureInfo.InvariantCulture), cells[i])]
                : Ungrouped(cells[i]);
            foreach (var (step, verdict) in verdicts)
                said[(edition, section.Title, cells[0], asked, step)] = verdict;
        }
    }

    private static void Write(StringBuilder text, LadderDefinition edition, Section section)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n### {section.Title}\n\n{section.Intro}\n\n");
        var situations = Situations(section).ToArray();
        if (!section.ByStep)
        {
            Table(text, ["Command", .. situations.Select(s => s.Title)],
                section.Rows.Select(r => new[] { r.Label }.Concat(situations.Select(s => Grouped(step => r.Verdict(edition, step, s.Situation)))).ToArray()));
            return;
        }
        // What is decided about a closed case stands beside the first table: it is the same whatever was done before.
        var closed = situations.Where(s => s.Situation == Situation.Closed).ToArray();
        foreach (var (title, situation) in situations.Except(closed))
        {
            if (title.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"**{title}**\n\n");
            var beside = situation == Situation.Arrived ? closed : [];
            Table(text, ["Asked for", .. Steps.Select(s => $"{s}"), .. beside.Select(s => s.Title)], section.Rows.Select(r => new[] { r.Label }
                .Concat(Steps.Select(step => r.Verdict(edition, step, situation)))
                .Concat(beside.Select(s => Grouped(step => r.Verdict(edition, step, s.Situation)))).ToArray()));
            if (title.Length > 0 && beside.Length > 0)
                text.Append('\n');
        }
    }

    /// <summary>The verdicts of all steps: the equal ones once, with their steps before them unless they are all equal.</summary>
    private static string Grouped(Func<int, string> verdict)
    {
        var groups = Steps.GroupBy(verdict).ToArray();
        return groups.Length == 1 ? groups[0].Key : string.Join("<br>", groups.Select(g => $"{Range([.. g])}: {g.Key}"));
    }

    private static IEnumerable<(int Step, string Verdict)> Ungrouped(string cell) =>
        !char.IsAsciiDigit(cell[0])
            ? Steps.Select(s => (s, cell))
            : from part in cell.Split("<br>")
              let colon = part.IndexOf(": ", StringComparison.Ordinal)
              from range in part[..colon].Split(", ")
              let ends = range.Split('–').Select(e => int.Parse(e, CultureInfo.InvariantCulture)).ToArray()
              from step in Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)
              select (step, part[(colon + 2)..]);

    private static string Range(int[] steps) => string.Join(", ", steps.GroupBy(s => s - Array.IndexOf(steps, s))
        .Select(run => run.Count() == 1 ? $"{run.First()}" : $"{run.First()}–{run.Last()}"));

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", head)} |\n|{string.Concat(head.Select(_ => " --- |"))}\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
    }

    private static string[] Cells(string line) => [.. line.Trim('|', ' ').Split(" | ").Select(c => c.Trim())];

    private const string Intro = $"""
        # What the ladder allows

        Every command at every step of every edition, and what is decided about it. This document is **generated by the tests from the code that decides**
        and compared with it at every run, command by command; after an intended change run the domain tests once with `{Switch}=1`, which
        rewrites it, and review the difference like code.

        How to read it:

        - `✓` means that the command is accepted. Otherwise every rule that stands against it is named, with its reason: `R-E2 evaluationMissing` is the
          reason `evaluationMissing` of the rule R-E2, as the API's problem documents name them. `field` is a bound on a single field; `unknownRecord`
          there means that the case has no such record, because it can have none at that step.
        - † marks a rule that may be departed from in the single case with a motivation, which is recorded.
        - *Just arrived*: the case climbed the ladder step by step and has just entered the step. *Everything done*: what the step asks for is done. Upwards and
          for other commands it has not helped: the plan is evaluated without effect, new deviations have occurred, one of them serious, the supplier is
          heard and the supply assessed. For the way back and for closing it has helped: the deviations are resolved, the plan is effective, the return
          criteria are met. *Closed*: the case was closed as unfounded at the step.
        - The commands are well-formed, decided on the highest level and cite the best evidence that the case has. What a command changes (a plan, a
          meeting, a block) is made first wherever the case may have it. The region's numbers are the platform's defaults.
        - A relapse is asked of a case that has come down to the step from the one that it is to go back to.

        """;
}
