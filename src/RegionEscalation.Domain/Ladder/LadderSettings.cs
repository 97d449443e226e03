namespace RegionEscalation.Domain.Ladder;

/// <summary>A specific activity of the region's own (specifika aktiviteter, L26-004).</summary>
/// <param name="Code">Unlike every code of the edition's own activities at the step.</param>
/// <param name="Required">True when the case may not leave the step upwards without it.</param>
public sealed record OwnActivity(int Step, string Code, Label Label, bool Required);

/// <summary>An activity of the edition that it leaves optional and the region requires (R-A3).</summary>
public sealed record RaisedActivity(int Step, string Code);

/// <summary>The region's own name of a dialogue partner (L26-006, L26-032); the code stays.</summary>
public sealed record RoleName(string Code, Label Name);

/// <summary>How long things may take. All are this platform's defaults, not LfU's.</summary>
/// <param name="ReturnCriteria">Working days from entering a step until its way back is set (R-D1).</param>
/// <param name="Review">Working days until a request for review is answered (R-D5).</param>
/// <param name="Minutes">Working days until the minutes of a meeting are sent (R-M1).</param>
/// <param name="Comment">
/// Working days that the supplier has for its comments (R-E5, R-N2); 0 for none. The window is this project's legal proposal, not LfU's text.
/// </param>
/// <param name="InformRegionsAtThree">Working days until the regions are informed at step 3 (R-N1).</param>
/// <param name="InformRegionsAboveThree">The same at steps 4 and 5; 24 hours whatever it says where patients are concerned.</param>
/// <param name="ProvisionalNotice">Working days until a provisional notice is confirmed or updated; otherwise it expires (R-N2).</param>
/// <param name="Acknowledgement">Working days until a recipient that has not acknowledged a notice is reminded (R-N6).</param>
public sealed record Deadlines(
    int ReturnCriteria = 10, int Review = 15, int Minutes = 5, int Comment = 5, int InformRegionsAtThree = 5, int InformRegionsAboveThree = 2,
    int ProvisionalNotice = 10, int Acknowledgement = 3);

/// <summary>
/// The region's own part of the ladder (L26-004, L26-006, L26-011): what it adds, and the numbers that the ladder leaves open. It only ever
/// adds: what is common can be neither removed nor lowered (R-A3). The numbers' defaults are this platform's, not LfU's; any of them can be
/// departed from in a single case with a motivation, which is recorded.
/// </summary>
public sealed record LadderSettings
{
    public static LadderSettings Default { get; } = new();

    /// <summary>The edition that the region's new cases are opened under.</summary>
    public string Ladder { get; init; } = Ladders.Current;

    /// <summary>How many deviations make them recurring (R-E1).</summary>
    public int RecurrenceCount { get; init; } = 2;

    /// <summary>Within how many months, by the time they occurred (R-E1).</summary>
    public int RecurrenceMonths { get; init; } = 12;

    /// <summary>Whether only deviations from one and the same requirement count together (R-E1).</summary>
    public bool RecurrenceSameRequirement { get; init; }

    /// <summary>How old a serious deviation may be to trigger, in months (R-E4a).</summary>
    public int SeriousMonths { get; init; } = 12;

    /// <summary>How long a return criterion is observed, in months (R-D1).</summary>
    public int ObservationMonths { get; init; } = 3;

    /// <summary>The same at step 1, in months.</summary>
    public int ObservationMonthsAtStepOne { get; init; } = 1;

    /// <summary>How long after stepping down a relapse leads straight back, in months (R-D6).</summary>
    public int RelapseMonths { get; init; } = 6;

    /// <summary>How long after closing a case is reopened, in months (R-Z5).</summary>
    public int ReopenMonths { get; init; } = 12;

    /// <summary>How long a block lasts at most before a new decision, in days (R-B1).</summary>
    public int BlockDays { get; init; } = 90;

    /// <summary>How old a continuity assessment may be, in days (R-B1, R-E5).</summary>
    public int ContinuityDays { get; init; } = 30;

    /// <summary>Whether the decision level of each transition is enforced; it is recorded in any case.</summary>
    public bool EnforceDecisionLevels { get; init; }

    public Deadlines Deadlines { get; init; } = new();

    public IReadOnlyList<OwnActivity> OwnActivities { get; init; } = [];

    public IReadOnlyList<RaisedActivity> RaisedActivities { get; init; } = [];

    public IReadOnlyList<RoleName> RoleNames { get; init; } = [];

    /// <summary>Days that the region does not work on beside the public holidays, Swedish calendar dates, each once and in order.</summary>
    public IReadOnlyList<DateOnly> FreeDays { get; init; } = [];

    /// <summary>Compares lists by what stands in them; a member that is not named here is compared as a record compares it.</summary>
    public bool SaysTheSameAs(LadderSettings other) =>
        this == other with { OwnActivities = OwnActivities, RaisedActivities = RaisedActivities, RoleNames = RoleNames, FreeDays = FreeDays }
        && OwnActivities.SequenceEqual(other.OwnActivities)
        && RaisedActivities.SequenceEqual(other.RaisedActivities)
        && RoleNames.SequenceEqual(other.RoleNames)
        && FreeDays.SequenceEqual(other.FreeDays);

    public int ObservationMonthsAt(int step) => step == 1 ? ObservationMonthsAtStepOne : ObservationMonths;

    /// <summary>The end of the last of so many working days after the instant, UTC.</summary>
    public DateTimeOffset After(DateTimeOffset instant, int workingDays) =>
        SwedishTime.EndOf(SwedishCalendar.AddWorkingDays(SwedishTime.DateOf(instant), workingDays, FreeDays));

    /// <summary>The edition as it is in this region: with its own activities, those raised to required, and its role names.</summary>
    public LadderDefinition Applied(LadderDefinition ladder) =>
        OwnActivities.Count == 0 && RaisedActivities.Count == 0 && RoleNames.Count == 0
            ? ladder
            : ladder with { Steps = [.. ladder.Steps.Select(Applied)] };

    private LadderStep Applied(LadderStep step) => step with
    {
        Activities = [.. step.Activities.Select(a => Raised(step.Step, a))],
        SpecificActivities =
        [
            .. step.SpecificActivities.Select(a => Raised(step.Step, a)),
            // An edition that was published later may use the same code; the edition's own stands.
            .. OwnActivities.Where(a => a.Step == step.Step && step.Find(a.Code) is null)
                .Select(a => new LadderActivity(a.Code, a.Label, IfNeeded: false) { Raised = a.Required }),
        ],
        DialoguePartners = [.. step.DialoguePartners.Select(p => RoleNames.FirstOrDefault(n => n.Code == p.Code) is { } own ? p with { Label = own.Name } : p)],
    };

    private LadderActivity Raised(int step, LadderActivity activity) =>
        RaisedActivities.Any(r => r.Step == step && r.Code == activity.Code) ? activity with { Raised = true } : activity;
}
