namespace RegionEscalation.Domain.Ladder;

/// <summary>
/// The numbers that the ladder leaves open (L26-011). They are a region's own; these defaults are this platform's, not LfU's.
/// Any of them can be departed from in a single case with a motivation, which is recorded.
/// </summary>
/// <param name="RecurrenceCount">How many deviations make them recurring (R-E1).</param>
/// <param name="RecurrenceMonths">Within how many months, by the time they occurred (R-E1).</param>
/// <param name="SeriousMonths">How old a serious deviation may be to trigger, in months (R-E4a).</param>
/// <param name="ObservationMonths">How long a return criterion is observed, in months (R-D1).</param>
/// <param name="ObservationMonthsAtStepOne">The same at step 1, in months.</param>
public sealed record LadderSettings(
    int RecurrenceCount = 2,
    int RecurrenceMonths = 12,
    int SeriousMonths = 12,
    int ObservationMonths = 3,
    int ObservationMonthsAtStepOne = 1)
{
    public static LadderSettings Default { get; } = new();

    public int ObservationMonthsAt(int step) => step == 1 ? ObservationMonthsAtStepOne : ObservationMonths;
}
