using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.Ladder;

/// <summary>The region's settings were changed, whole; who changed them and why is part of the record.</summary>
/// <param name="At">When it was recorded, UTC, whole microseconds.</param>
/// <param name="ChangedBy">The function that changed them, never a person's name.</param>
public sealed record LadderSettingsChanged(DateTimeOffset At, Guid SettingsId, LadderSettings Settings, string ChangedBy, string Motivation);

/// <summary>A region's settings as their stream tells them.</summary>
public sealed record LadderSettingsState
{
    /// <summary>Every region has one such stream, under the same id: the region leads every key.</summary>
    public static readonly Guid StreamId = Guid.Parse("019cadb4-2f20-7000-8000-0000000000ff");

    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required LadderSettings Settings { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public static LadderSettingsState Evolve(LadderSettingsState? state, LadderSettingsChanged e) => new()
    {
        Id = e.SettingsId,
        Version = (state?.Version ?? 0) + 1,
        Settings = e.Settings,
        UpdatedAt = e.At,
    };
}

/// <param name="Ladder">The edition that the settings name; null when there is none of that name.</param>
/// <param name="Region">The region, which alone may use an edition of its own.</param>
public sealed record ChangeLadderSettings(LadderSettings Settings, LadderDefinition? Ladder, Region Region, string ChangedBy, string Motivation);

/// <summary>Decides whether a region may have its part of the ladder as it wants it: it adds, and never takes away (R-A3).</summary>
public static class LadderSettingsDecider
{
    /// <summary>What is in force in the region.</summary>
    public static LadderSettings OrDefault(this LadderSettingsState? state) => state?.Settings ?? LadderSettings.Default;

    /// <returns>No event where the settings say already what is wanted.</returns>
    public static Decision<LadderSettingsChanged> Decide(ChangeLadderSettings c, LadderSettingsState? state, DateTimeOffset now)
    {
        if (c.Ladder is not { } ladder)
            return Decision<LadderSettingsChanged>.Reject(Rejection.InField("ladder", "unknownLadder", "Det finns ingen sådan utgåva.", "There is no such edition."));
        var wanted = c.Settings with { FreeDays = [.. c.Settings.FreeDays.Distinct().Order()] };
        return Decision<LadderSettingsChanged>.Unless([.. Against(c, ladder)], () =>
            wanted.SaysTheSameAs(state.OrDefault()) ? [] : [new LadderSettingsChanged(now, LadderSettingsState.StreamId, wanted, c.ChangedBy, c.Motivation)]);
    }

    private static IEnumerable<Rejection> Against(ChangeLadderSettings c, LadderDefinition ladder)
    {
        if (!ladder.IsFor(c.Region))
            yield return Rejection.InField("ladder", "ladderOfAnotherRegion", "Utgåvan är en annan regions egen.", "The edition is another region's own.");
        if (!Motivation.IsGiven(c.Motivation))
            yield return Rejection.InField("motivation", "motivationTooShort",
                $"Ändringen ska motiveras med minst {Motivation.MinLength} tecken.", $"The change is motivated with at least {Motivation.MinLength} characters.");

        var own = c.Settings.OwnActivities;
        for (var i = 0; i < own.Count; i++)
        {
            if (StepOf(own[i].Step, ladder) is not { } step)
                yield return NoSuchStep($"ownActivities[{i}].step");
            else if (CaseActivities.IsOfRecords(own[i].Code))
                yield return A3("activityOfRecord", $"ownActivities[{i}].code",
                    $"Aktiviteten {own[i].Code} består i en egen post i ärendet; regionen behöver en annan kod.",
                    $"The activity {own[i].Code} consists in a record of its own on the case; the region needs another code.");
            else if (step.Find(own[i].Code) is not null)
                yield return A3("commonActivity", $"ownActivities[{i}].code",
                    $"Trappan har redan aktiviteten {own[i].Code} på steg {step.Step}; den ändras inte av regionen.",
                    $"The ladder already has the activity {own[i].Code} at step {step.Step}; the region does not change it.");
            if (own.Take(i).Any(a => (a.Step, a.Code) == (own[i].Step, own[i].Code)))
                yield return A3("activityTwice", $"ownActivities[{i}].code",
                    $"Aktiviteten {own[i].Code} står två gånger på steg {own[i].Step}.", $"The activity {own[i].Code} stands twice at step {own[i].Step}.");
        }

        var raised = c.Settings.RaisedActivities;
        for (var i = 0; i < raised.Count; i++)
        {
            if (StepOf(raised[i].Step, ladder) is not { } step)
                yield return NoSuchStep($"raisedActivities[{i}].step");
            else if (step.Find(raised[i].Code) is null)
                yield return A3("unknownActivity", $"raisedActivities[{i}].code",
                    $"Trappan har ingen aktivitet {raised[i].Code} på steg {step.Step}.", $"The ladder has no activity {raised[i].Code} at step {step.Step}.");
            else if (step.Required.Any(a => a.Code == raised[i].Code) || raised.Take(i).Contains(raised[i]))
                yield return A3("alreadyRequired", $"raisedActivities[{i}].code",
                    $"Aktiviteten {raised[i].Code} är redan obligatorisk på steg {step.Step}.", $"The activity {raised[i].Code} is already required at step {step.Step}.");
        }

        var names = c.Settings.RoleNames;
        for (var i = 0; i < names.Count; i++)
        {
            if (!ladder.Steps.SelectMany(s => s.DialoguePartners).Any(p => p.Code == names[i].Code))
                yield return Rejection.InField($"roleNames[{i}].code", "unknownPartner", "Trappan känner ingen sådan dialogpart.", "The ladder knows no such dialogue partner.");
            if (names.Take(i).Any(n => n.Code == names[i].Code))
                yield return Rejection.InField($"roleNames[{i}].code", "partnerTwice", "Dialogparten står två gånger.", "The dialogue partner stands twice.");
        }
    }

    private static LadderStep? StepOf(int step, LadderDefinition ladder) => ladder.Steps.FirstOrDefault(s => s.Step == step);

    private static Rejection NoSuchStep(string field) => Rejection.InField(field, "noSuchStep",
        $"Trappan har stegen 0 till {LadderDefinition.HighestStep}.", $"The ladder has the steps 0 to {LadderDefinition.HighestStep}.");

    private static Rejection A3(string reason, string field, string sv, string en) => new("R-A3", reason, new Label(sv, en), Field: field);
}
