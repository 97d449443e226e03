using System.Globalization;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;

namespace RegionEscalation.Domain.Cases;

/// <summary>An event told to people: to those who procure, to the supplier, and to a court.</summary>
/// <param name="Text">A full sentence in each language, and one more for every departure from a rule.</param>
/// <param name="Who">The function that decided or did it, in Swedish as it was given; null where none is recorded.</param>
/// <param name="Why">The motivation, reason or note as it was given; null where none was.</param>
/// <param name="Rule">The rules that the event answers to, by their ids.</param>
public sealed record Narration(Label Text, string? Who = null, string? Why = null, string? Rule = null);

/// <summary>
/// What an event is told with. An event after the one that made something names it by its id only; what was made never changes its content,
/// so the case as it stands now knows what the event is about.
/// </summary>
/// <param name="Ladder">The edition in force at the event, as it is in the region.</param>
/// <param name="Editions">Every edition by its version.</param>
internal sealed record Telling(EscalationCase Case, LadderDefinition Ladder, Func<string, LadderDefinition?> Editions)
{
    private static readonly NumberFormatInfo SwedishNumbers = new() { NumberGroupSeparator = " ", NumberDecimalSeparator = "," };

    public static Label Nothing { get; } = new("", "");

    /// <summary>One text in two languages: every part in the language it stands in, dates as Swedish calendar dates.</summary>
    public static Label Say(string sv, string en, params object?[] parts) => new(
        string.Format(CultureInfo.InvariantCulture, sv, [.. parts.Select(p => In(p, l => l.Sv, SwedishNumbers))]),
        string.Format(CultureInfo.InvariantCulture, en, [.. parts.Select(p => In(p, l => l.En, NumberFormatInfo.InvariantInfo))]));

    /// <summary>The same when there is anything to say it of; nothing otherwise.</summary>
    public static Label SayIf(bool any, string sv, string en, params object?[] parts) => any ? Say(sv, en, parts) : Nothing;

    public static Label Quoted(object text) => Say("”{0}”", "“{0}”", text);

    /// <summary>A, B and C.</summary>
    public static Label All(IEnumerable<object> items)
    {
        object[] all = [.. items];
        return all.Length switch
        {
            0 => Nothing,
            1 => Say("{0}", "{0}", all[0]),
            _ => Say("{0} och {1}", "{0} and {1}",
                all[1..^1].Aggregate(Say("{0}", "{0}", all[0]), (text, next) => Say("{0}, {1}", "{0}, {1}", text, next)), all[^1]),
        };
    }

    /// <summary>By when something is to be done, from the instant at which it is overdue: a day, or an hour where hours count.</summary>
    public static Label By(DateTimeOffset due)
    {
        var day = SwedishTime.DateOf(due.AddTicks(-1));
        return SwedishTime.EndOf(day) == due
            ? Say("{0}", "{0}", day)
            : Say("{0} kl. {1:HH.mm}", "{0} at {1:HH:mm}", SwedishTime.DateOf(due), SwedishTime.TimeOf(due));
    }

    /// <summary>The text with one more sentence, closed by a full stop whoever wrote it; as it is where nothing was said.</summary>
    public static Label Adding(Label text, Label about, string? said) => string.IsNullOrWhiteSpace(said)
        ? text
        : Say("{0} {1}: {2}", "{0} {1}: {2}", text, about, said.Trim() is var s && s[^1] is '.' or '!' or '?' ? s : s + ".");

    public static Label Departing(Label text, string rule, string? motivation) =>
        Adding(text, Say("Avsteg från {0}", "Departure from {0}", rule), motivation);

    public static Label Departing(Label text, TransitionBasis basis) => basis.Departures.Aggregate(text, (t, d) => Departing(t, d.Rule, d.Motivation));

    /// <summary>The step in the words of the edition: its event, and its state where it names one.</summary>
    public static Label Step(LadderStep step) => step.Headline is { } headline
        ? Say("steg {0} ({1} – {2})", "step {0} ({1} – {2})", step.Step, step.Event.Label, headline)
        : Say("steg {0} ({1})", "step {0} ({1})", step.Step, step.Event.Label);

    public Label Step(int step) => Step(Ladder.Step(step));

    /// <summary>An activity's label; a region's own one may have been given up since, and nothing else keeps what it was called.</summary>
    public static Label Activity(LadderStep step, string code) =>
        step.Find(code) is { } activity ? Quoted(activity.Label) : new Label("ur regionens egen del av trappan", "of the region's own part of the ladder");

    public Label Activities(int step, IReadOnlyCollection<string> codes) => Say(codes.Count == 1 ? "Aktiviteten {0}" : "Aktiviteterna {0}",
        codes.Count == 1 ? "The activity {0}" : "The activities {0}", All(codes.Select(c => Activity(Ladder.Step(step), c)).Distinct()));

    /// <summary>The name of a dialogue partner's level in the edition; null when it has none such.</summary>
    public Label? Level(string code) => Level(Ladder, code);

    public string Who(DecisionMaker by) => Who(by, Ladder);

    public static string Who(DecisionMaker by, params LadderDefinition[] editions)
    {
        var level = editions.Select(l => Level(l, by.Level)?.Sv).FirstOrDefault(l => l is not null);
        string?[] beside =
        [
            level is null || DecisionMaker.SameFunction(level, by.Function) ? null : $"beslutsnivå {level}",
            string.IsNullOrWhiteSpace(by.DelegationReference) ? null : $"delegation {by.DelegationReference}",
        ];
        var known = string.Join(", ", beside.Where(b => b is not null));
        return known.Length == 0 ? by.Function : $"{by.Function} ({known})";
    }

    public T? Find<T>(Guid recordId) where T : CaseRecord => Case.Find<T>(recordId);

    private static Label? Level(LadderDefinition ladder, string code) =>
        ladder.Steps.SelectMany(s => s.DialoguePartners).FirstOrDefault(p => p.Code == code)?.Label;

    private static object In(object? part, Func<Label, string> language, NumberFormatInfo numbers) => part switch
    {
        null => "",
        Label label => language(label),
        DateOnly date => $"{date:yyyy-MM-dd}",
        DateTimeOffset instant => $"{SwedishTime.DateOf(instant):yyyy-MM-dd}",
        Amount amount => amount.Value.ToString("#,0.##", numbers) + " " + amount.Currency,
        _ => part,
    };
}
