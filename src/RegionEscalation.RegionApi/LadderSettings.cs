using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RegionEscalation.Domain;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.Regions;
using RegionEscalation.Http;
using RegionEscalation.Storage;

namespace RegionEscalation.RegionApi;

public sealed record LabelValue([TextLength(1, 200)] string Sv, [TextLength(1, 200)] string En)
{
    internal Label Label() => new(Sv, En);

    internal static LabelValue From(Label l) => new(l.Sv, l.En);
}

/// <param name="Step">The step it belongs to.</param>
/// <param name="Code">The region's own, unlike every code that the edition has at the step (R-A3).</param>
/// <param name="Required">True when a case may not leave the step upwards without it (R-E7).</param>
public sealed record OwnActivityValue(
    [Between(0, 5)] int Step,
    [TextLength(1, 60), Matches("[a-z][A-Za-z0-9]*", "Bokstäver a–z och siffror, först en liten bokstav.", "Letters a–z and digits, a small letter first.")] string Code,
    LabelValue Label,
    bool Required);

/// <param name="Code">An activity that the edition has at the step and leaves optional.</param>
public sealed record RaisedActivityValue([Between(0, 5)] int Step, [TextLength(1, 60)] string Code);

/// <param name="Code">The code of a dialogue partner of the edition, such as <c>contractOwner</c>; it stays in decisions.</param>
public sealed record RoleNameValue([TextLength(1, 60)] string Code, LabelValue Name);

/// <summary>How long things may take. The defaults are this platform's, not LfU's.</summary>
/// <param name="ReturnCriteria">Working days from entering a step until its way back is set (R-D1); 10 by default.</param>
/// <param name="Review">Working days until the supplier's request for review is answered (R-D5); 15 by default.</param>
/// <param name="Minutes">Working days until the minutes of a meeting are sent (R-M1); 5 by default.</param>
/// <param name="Comment">
/// Working days that the supplier has for its comments before step 5 and before a notice (R-E5, R-N2); 5 by default, 0 for none. The window is this
/// project's legal proposal and not LfU's text.
/// </param>
/// <param name="InformRegionsAtThree">Working days until Sweden's regions are informed at step 3 (R-N1); 5 by default.</param>
/// <param name="InformRegionsAboveThree">The same at steps 4 and 5; 2 by default, and 24 hours whatever it says where patients are concerned.</param>
/// <param name="ProvisionalNotice">Working days until a provisional notice is confirmed or updated; otherwise it expires (R-N2); 10 by default.</param>
/// <param name="Acknowledgement">Working days until a recipient that has not acknowledged a notice is reminded (R-N6); 3 by default.</param>
public sealed record DeadlinesValue(
    [Between(1, 60)] int ReturnCriteria,
    [Between(1, 60)] int Review,
    [Between(1, 60)] int Minutes,
    [Between(0, 60)] int Comment,
    [Between(0, 60)] int InformRegionsAtThree,
    [Between(0, 60)] int InformRegionsAboveThree,
    [Between(1, 60)] int ProvisionalNotice,
    [Between(1, 60)] int Acknowledgement)
{
    internal static DeadlinesValue From(Deadlines d) =>
        new(d.ReturnCriteria, d.Review, d.Minutes, d.Comment, d.InformRegionsAtThree, d.InformRegionsAboveThree, d.ProvisionalNotice, d.Acknowledgement);
}

/// <summary>How long things may take; the last two may be left out alone, since they came later. The defaults are this platform's, not LfU's.</summary>
/// <param name="ReturnCriteria">Working days from entering a step until its way back is set (R-D1); 10 by default.</param>
/// <param name="Review">Working days until the supplier's request for review is answered (R-D5); 15 by default.</param>
/// <param name="Minutes">Working days until the minutes of a meeting are sent (R-M1); 5 by default.</param>
/// <param name="Comment">
/// Working days that the supplier has for its comments before step 5 and before a notice (R-E5, R-N2); 5 by default, 0 for none. The window is this
/// project's legal proposal and not LfU's text.
/// </param>
/// <param name="InformRegionsAtThree">Working days until Sweden's regions are informed at step 3 (R-N1); 5 by default.</param>
/// <param name="InformRegionsAboveThree">The same at steps 4 and 5; 2 by default, and 24 hours whatever it says where patients are concerned.</param>
/// <param name="ProvisionalNotice">Working days until a provisional notice is confirmed or updated; otherwise it expires (R-N2); 10 by default.</param>
/// <param name="Acknowledgement">Working days until a recipient that has not acknowledged a notice is reminded (R-N6); 3 by default.</param>
public sealed record DeadlinesRequest(
    [Between(1, 60)] int ReturnCriteria,
    [Between(1, 60)] int Review,
    [Between(1, 60)] int Minutes,
    [Between(0, 60)] int Comment,
    [Between(0, 60)] int InformRegionsAtThree,
    [Between(0, 60)] int InformRegionsAboveThree,
    [Between(1, 60)] int ProvisionalNotice = 10,
    [Between(1, 60)] int Acknowledgement = 3)
{
    internal Deadlines Deadlines() =>
        new(ReturnCriteria, Review, Minutes, Comment, InformRegionsAtThree, InformRegionsAboveThree, ProvisionalNotice, Acknowledgement);

    internal static DeadlinesRequest From(Deadlines d) =>
        new(d.ReturnCriteria, d.Review, d.Minutes, d.Comment, d.InformRegionsAtThree, d.InformRegionsAboveThree, d.ProvisionalNotice, d.Acknowledgement);
}

/// <summary>The region's own part of the ladder. What a request leaves out gets this platform's default.</summary>
public record LadderSettingsValues
{
    /// <summary>The edition that the region's new cases are opened under; the common one by default. A case keeps the edition it was opened under.</summary>
    [TextLength(1, 60)]
    public string Ladder { get; init; } = LadderSettings.Default.Ladder;

    /// <summary>How many deviations make them recurring (R-E1); this platform's default is 2, the ladder says no number.</summary>
    [Between(2, 10)]
    public int RecurrenceCount { get; init; } = LadderSettings.Default.RecurrenceCount;

    /// <summary>Within how many months they occurred (R-E1); this platform's default is 12.</summary>
    [Between(1, 36)]
    public int RecurrenceMonths { get; init; } = LadderSettings.Default.RecurrenceMonths;

    /// <summary>Whether only deviations from one and the same requirement count as recurring together (R-E1); not by default.</summary>
    public bool RecurrenceSameRequirement { get; init; } = LadderSettings.Default.RecurrenceSameRequirement;

    /// <summary>How old a serious deviation may be to trigger, in months (R-E4a); this platform's default is 12.</summary>
    [Between(1, 36)]
    public int SeriousMonths { get; init; } = LadderSettings.Default.SeriousMonths;

    /// <summary>How long a return criterion is observed, in months (R-D1); this platform's default is 3.</summary>
    [Between(1, 36)]
    public int ObservationMonths { get; init; } = LadderSettings.Default.ObservationMonths;

    /// <summary>The same at step 1; this platform's default is 1.</summary>
    [Between(1, 36)]
    public int ObservationMonthsAtStepOne { get; init; } = LadderSettings.Default.ObservationMonthsAtStepOne;

    /// <summary>How long after stepping down a relapse leads straight back, in months (R-D6); this platform's default is 6.</summary>
    [Between(1, 36)]
    public int RelapseMonths { get; init; } = LadderSettings.Default.RelapseMonths;

    /// <summary>How long after closing a case is reopened, in months (R-Z5); this platform's default is 12.</summary>
    [Between(1, 36)]
    public int ReopenMonths { get; init; } = LadderSettings.Default.ReopenMonths;

    /// <summary>How long a block lasts at most before a new decision, in days (R-B1); this platform's default is 90.</summary>
    [Between(1, 365)]
    public int BlockDays { get; init; } = LadderSettings.Default.BlockDays;

    /// <summary>How old a continuity assessment may be, in days (R-B1, R-E5); this platform's default is 30.</summary>
    [Between(1, 180)]
    public int ContinuityDays { get; init; } = LadderSettings.Default.ContinuityDays;

    /// <summary>
    /// True when the decision level that the ladder gives a step is enforced (R-G7). By default it is recorded only, since the ladder's dialogue
    /// partners are examples.
    /// </summary>
    public bool EnforceDecisionLevels { get; init; } = LadderSettings.Default.EnforceDecisionLevels;

    /// <summary>The region's own specific activities (specifika aktiviteter), beside the edition's.</summary>
    [Items(0, 100)]
    public IReadOnlyList<OwnActivityValue> OwnActivities { get; init; } = [];

    /// <summary>What the edition leaves optional and the region requires; what is common is never lowered (R-A3).</summary>
    [Items(0, 100)]
    public IReadOnlyList<RaisedActivityValue> RaisedActivities { get; init; } = [];

    /// <summary>The region's own names of the dialogue partners.</summary>
    [Items(0, 50)]
    public IReadOnlyList<RoleNameValue> RoleNames { get; init; } = [];

    /// <summary>Days that the region does not work on beside the public holidays; Swedish calendar dates, kept each once and in order.</summary>
    [Items(0, 366)]
    public IReadOnlyList<DateOnly> FreeDays { get; init; } = [];

    private protected LadderSettings Settings(Deadlines deadlines) => new()
    {
        Ladder = Ladder,
        RecurrenceCount = RecurrenceCount,
        RecurrenceMonths = RecurrenceMonths,
        RecurrenceSameRequirement = RecurrenceSameRequirement,
        SeriousMonths = SeriousMonths,
        ObservationMonths = ObservationMonths,
        ObservationMonthsAtStepOne = ObservationMonthsAtStepOne,
        RelapseMonths = RelapseMonths,
        ReopenMonths = ReopenMonths,
        BlockDays = BlockDays,
        ContinuityDays = ContinuityDays,
        EnforceDecisionLevels = EnforceDecisionLevels,
        Deadlines = deadlines,
        OwnActivities = [.. OwnActivities.Select(a => new OwnActivity(a.Step, a.Code, a.Label.Label(), a.Required))],
        RaisedActivities = [.. RaisedActivities.Select(a => new RaisedActivity(a.Step, a.Code))],
        RoleNames = [.. RoleNames.Select(n => new RoleName(n.Code, n.Name.Label()))],
        FreeDays = FreeDays,
    };
}

/// <summary>Replaces the settings whole.</summary>
public sealed record LadderSettingsRequest : LadderSettingsValues
{
    public DeadlinesRequest Deadlines { get; init; } = DeadlinesRequest.From(LadderSettings.Default.Deadlines);

    /// <summary>The function that changes them, never a person's name.</summary>
    [TextLength(1, 200)]
    public required string ChangedBy { get; init; }

    /// <summary>Why, in at least 30 characters; it is recorded with the change.</summary>
    [TextLength(1, 4000)]
    public required string Motivation { get; init; }

    internal LadderSettings Settings() => Settings(Deadlines.Deadlines());
}

public sealed record LadderSettingsResponse : LadderSettingsValues
{
    public required DeadlinesValue Deadlines { get; init; }

    /// <summary>The edition as it is in the region: with its own activities and its names of the dialogue partners.</summary>
    public required IReadOnlyList<LadderStep> Steps { get; init; }

    /// <summary>When they were last changed, UTC; null when they never were and everything is this platform's default.</summary>
    public required DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>0 when they never were changed.</summary>
    public required long Version { get; init; }

    internal static LadderSettingsResponse From(LadderSettingsState? state)
    {
        var s = state.OrDefault();
        return new LadderSettingsResponse
        {
            Ladder = s.Ladder,
            RecurrenceCount = s.RecurrenceCount,
            RecurrenceMonths = s.RecurrenceMonths,
            RecurrenceSameRequirement = s.RecurrenceSameRequirement,
            SeriousMonths = s.SeriousMonths,
            ObservationMonths = s.ObservationMonths,
            ObservationMonthsAtStepOne = s.ObservationMonthsAtStepOne,
            RelapseMonths = s.RelapseMonths,
            ReopenMonths = s.ReopenMonths,
            BlockDays = s.BlockDays,
            ContinuityDays = s.ContinuityDays,
            EnforceDecisionLevels = s.EnforceDecisionLevels,
            Deadlines = DeadlinesValue.From(s.Deadlines),
            OwnActivities = [.. s.OwnActivities.Select(a => new OwnActivityValue(a.Step, a.Code, LabelValue.From(a.Label), a.Required))],
            RaisedActivities = [.. s.RaisedActivities.Select(a => new RaisedActivityValue(a.Step, a.Code))],
            RoleNames = [.. s.RoleNames.Select(n => new RoleNameValue(n.Code, LabelValue.From(n.Name)))],
            FreeDays = s.FreeDays,
            Steps = s.Applied(Ladders.Find(s.Ladder)!).Steps,
            UpdatedAt = state?.UpdatedAt,
            Version = state?.Version ?? 0,
        };
    }
}

internal static class LadderSettingsEndpoints
{
    public static void Map(RouteGroupBuilder region)
    {
        var settings = region.MapGroup("/ladder-settings").WithTags("Ladders");
        settings.MapGet("", Get)
            .AllowRoles(Role.Reader)
            .ReturnsETag()
            .WithName("getLadderSettings")
            .Describe("Hämta regionens trappinställningar / Get the region's ladder settings",
                "Regionens egna specifika aktiviteter, rollnamn, tal och tidsfrister. Det som regionen inte har ändrat är plattformens förval och inte LfU:s text; tiden för leverantörens synpunkter "
                + "(`deadlines.comment`) är projektets juridiska förslag. ETag är \"0\" tills regionen ändrar något. "
                + "The region's own specific activities, role names, numbers and deadlines. What the region has not changed is this platform's default and not LfU's text; the supplier's time to comment "
                + "(`deadlines.comment`) is this project's legal proposal. The ETag is \"0\" until the region changes anything.")
            .WithResponseExample(200, Example);
        settings.MapPut("", Put)
            .ChangesWhatHasAVersion(Role.Decider)
            .WithName("putLadderSettings")
            .Describe("Ändra regionens trappinställningar / Change the region's ladder settings",
                "Ersätter dem i sin helhet; det som utelämnas får plattformens förval. Regionen lägger till: det som är gemensamt kan varken tas bort eller sänkas (R-A3). "
                + "Tidsfrister som redan löper ändras inte. Samma innehåll är ingen ändring. "
                + "Replaces them whole; what is left out gets this platform's default. The region adds: what is common can be neither removed nor lowered (R-A3). "
                + "Deadlines that are running stay as they are. The same content is no change.")
            .WithRequestExample(ExampleRequest)
            .WithResponseExample(200, Example);
    }

    private static async Task<IResult> Get(RegionSession session, HttpContext http)
    {
        var query = session.CreateBatchQuery();
        var settings = query.LadderSettings();
        await query.ExecuteAsync(http.RequestAborted);
        http.SetETag(settings.Value?.Version ?? 0);
        return Results.Ok(LadderSettingsResponse.From(settings.Value));
    }

    private static Task<IResult> Put(LadderSettingsRequest body, Commands commands) => commands.RunAsync(query =>
    {
        var settings = query.LadderSettings();
        return now =>
        {
            var before = settings.Value;
            if (commands.Against(before?.Version ?? 0) is { } stale)
                return new Outcome.Problem(stale);
            var decision = LadderSettingsDecider.Decide(
                new ChangeLadderSettings(body.Settings(), Ladders.Find(body.Ladder), Region.Find(commands.Session.Scope.Region)!, body.ChangedBy, body.Motivation), before, now);
            if (decision.IsRejected)
                return new Outcome.Rejected(decision.Rejections);
            var after = decision.Events.Aggregate(before, commands.Session.Append);
            return new Outcome.Accepted(StatusCodes.Status200OK, null, after?.Version ?? 0, LadderSettingsResponse.From(after), decision.Events.Count);
        };
    });

    private static LadderSettingsRequest ExampleRequest { get; } = new()
    {
        RecurrenceCount = 3,
        OwnActivities = [new OwnActivityValue(1, "informPharmacyBoard", new LabelValue("Informera läkemedelskommittén", "Inform the pharmaceutical board"), true)],
        RaisedActivities = [new RaisedActivityValue(1, "informSupplierHost")],
        RoleNames = [new RoleNameValue("contractOwner", new LabelValue("Avtalsförvaltare", "Contract manager"))],
        FreeDays = [new DateOnly(2026, 5, 15)],
        ChangedBy = "Inköpschef",
        Motivation = "Regionens riktlinjer för leverantörsuppföljning 2026 ställer högre krav vid steg 1.",
    };

    private static LadderSettingsResponse Example { get; } = LadderSettingsResponse.From(new LadderSettingsState
    {
        Id = LadderSettingsState.StreamId,
        Version = 1,
        Settings = ExampleRequest.Settings(),
        UpdatedAt = Examples.Opened,
    });
}
