using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-X1…R-X5: the file under LOU 13:3, its elements, its dates and its end.</summary>
public class ExclusionEvidenceTests
{
    private static readonly Guid File = Guid.Parse("0195a000-0000-7000-8000-0000000000e1");
    private static readonly DateOnly Event = new(2026, 1, 15);
    private static readonly DateOnly Consequence = new(2026, 2, 20);

    [Test]
    public void A_file_is_opened_by_a_command_and_by_nothing_else()
    {
        var given = Standing.At(5).EndedEarly().Sanctioned(SanctionKind.Damages);
        Assert.That(given.State.Of<ExclusionEvidence>(), Is.Empty);

        var file = given.When(Opening(ExclusionGround.P5)).Then().Find<ExclusionEvidence>(File)!;

        Assert.That((file.Content, file.State, file.Elements), Is.EqualTo((Opening(ExclusionGround.P5).Content, EvidenceFileState.Open, (EvidenceElements?)null)));
    }

    [Test]
    public void A_file_lives_on_after_the_case_is_closed()
    {
        var given = Standing.At(5).Heard().EndedEarly().ClosedAsTerminated();

        given.And(Opening(ExclusionGround.P5)).And(Stating(Full(given))).And(new CompleteEvidenceFile(File, "Jurist")).And(Cleaning(given.Now));
        Assert.That(given.FileState(), Is.EqualTo(EvidenceFileState.Complete));

        given.And(new WithdrawEvidenceFile(File, "Bristerna var regionens egna.", "Jurist"));
        Assert.That((given.FileState(), given.File().WithdrawnBecause, given.State.State), Is.EqualTo((EvidenceFileState.Withdrawn, "Bristerna var regionens egna.", CaseState.Closed)));
    }

    [TestCase(ContractConsequence.EarlyTermination)]
    [TestCase(ContractConsequence.Damages)]
    [TestCase(ContractConsequence.Comparable)]
    public void Under_point_five_a_file_is_preliminary_while_the_stated_consequence_does_not_stand(ContractConsequence consequence)
    {
        var given = Opened().And(Stating(With(consequence)));
        Assert.That(Preliminary(given), Is.True, "nothing has happened yet");

        var stands = consequence switch
        {
            ContractConsequence.EarlyTermination => given.EndedEarly(),
            ContractConsequence.Damages => given.Sanctioned(SanctionKind.Damages),
            _ => given.Sanctioned(SanctionKind.PriceReduction),
        };

        Assert.That(Preliminary(stands), Is.False);
    }

    [Test]
    public void What_is_no_such_consequence_leaves_the_file_preliminary()
    {
        var termination = Opened().And(Stating(With(ContractConsequence.EarlyTermination))).EndedEarly(early: false).Sanctioned(SanctionKind.Damages);
        var damages = Opened().And(Stating(With(ContractConsequence.Damages))).Sanctioned(SanctionKind.Penalty).EndedEarly();
        var waived = Opened().And(Stating(With(ContractConsequence.Comparable))).EndedEarly()
            .Happened(c => new SanctionWaived(c.Now, Guid.NewGuid(), new WaiverContent(WaiverReason.NoClause, Some.Motivation, Some.HeadOfPurchasing)));

        Assert.That(new[] { termination, damages, waived, Opened().EndedEarly() }.Select(Preliminary), Is.All.True);
    }

    [Test]
    public void A_file_becomes_preliminary_again_when_what_it_rests_on_no_longer_stands()
    {
        var withdrawn = Opened().And(Stating(With(ContractConsequence.EarlyTermination))).EndedEarly();
        var disputed = Opened().And(Stating(With(ContractConsequence.Damages))).Sanctioned(SanctionKind.Damages);
        Assert.That(new[] { withdrawn, disputed }.Select(Preliminary), Is.All.False);

        withdrawn.Happened(c => new TerminationWithdrawn(c.Now, c.State.Of<Termination>().Single().Id, "Förlikning", Some.HeadOfPurchasing));
        disputed.Happened(c => new SanctionObjectedTo(c.Now, c.State.Of<Sanction>().Single().Id, "Skadan är inte visad."));

        Assert.That(new[] { withdrawn, disputed }.Select(Preliminary), Is.All.True);
    }

    [Test]
    public void Under_point_one_no_file_is_preliminary() => Assert.That(Preliminary(Opened(ExclusionGround.P1)), Is.False);

    [Test]
    public void A_complete_file_says_whether_it_was_preliminary_then()
    {
        var early = Opened().Heard();
        early.And(Stating(Full(early)));
        var late = Opened().Heard().EndedEarly();
        late.And(Stating(Full(late)));

        Assert.That(new[] { early, late }.Select(c => c.When(new CompleteEvidenceFile(File, "Jurist")).Then<ExclusionEvidenceCompleted>().Preliminary), Is.EqualTo(new[] { true, false }));
    }

    [TestCase("act")]
    [TestCase("requirement")]
    [TestCase("deficiencies")]
    [TestCase("consequence")]
    [TestCase("causalLink")]
    [TestCase("proportionality")]
    [TestCase("eventDate")]
    [TestCase("consequenceDate")]
    public void Under_point_five_every_element_is_asked_for(string missing)
    {
        var given = Opened().Heard();
        var full = Full(given);
        var five = full.PointFive!;
        given.And(Stating(missing switch
        {
            "act" => full with { PointFive = five with { Act = null } },
            "requirement" => full with { PointFive = five with { Requirement = " " } },
            "deficiencies" => full with { PointFive = five with { Deficiencies = null } },
            "consequence" => full with { PointFive = five with { Consequence = null } },
            "causalLink" => full with { PointFive = five with { CausalLink = null } },
            "proportionality" => full with { Proportionality = null },
            "eventDate" => full with { EventDate = null },
            _ => full with { ConsequenceDate = null },
        }));

        given.When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("R-X2 elementMissing");
    }

    [TestCase("obligation")]
    [TestCase("evidence")]
    [TestCase("eventDate")]
    [TestCase("")]
    public void Under_point_one_obligation_evidence_and_date_are_asked_for(string missing)
    {
        var given = Opened(ExclusionGround.P1).And(Stating(new EvidenceElements(null,
            new PointOneElements(missing == "obligation" ? null : "Arbetstidslagen", missing == "evidence" ? null : "Arbetsmiljöverkets beslut"),
            missing == "eventDate" ? null : Event, null, null, null, null)));
        var completing = given.When(new CompleteEvidenceFile(File, "Jurist"));

        if (missing.Length == 0)
            Assert.That(completing.Then().Find<ExclusionEvidence>(File)!.State, Is.EqualTo(EvidenceFileState.Complete));
        else
            completing.ThenRejected("R-X2 elementMissing");
    }

    [Test]
    public void A_file_of_which_nothing_is_stated_lacks_everything()
    {
        Opened().When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected([.. Enumerable.Repeat("R-X2 elementMissing", 8), "R-X2 statementMissing"]);
        Opened(ExclusionGround.P1).When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected([.. Enumerable.Repeat("R-X2 elementMissing", 3)]);
    }

    [Test]
    public void The_supplier_has_been_asked_where_there_is_no_statement_of_it()
    {
        var given = Opened();
        given.And(Stating(Full(given) with { NoStatementReason = Some.Motivation }));
        given.When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("R-X2 supplierNotAsked");

        given.Asked(days: 5).Later(days: 5).When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("R-X2 supplierNotAsked");

        Assert.That(given.Later(days: 1).When(new CompleteEvidenceFile(File, "Jurist")).Then().Find<ExclusionEvidence>(File)!.State, Is.EqualTo(EvidenceFileState.Complete));
    }

    [Test]
    public void A_statement_that_there_is_cannot_be_left_out()
    {
        var given = Opened().Asked(days: 5).Later(days: 6).And(Stating(Full(Opened()) with { NoStatementReason = Some.Motivation }));
        given.Heard().When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("R-X2 statementMissing");
        given.And(Stating(Full(Opened()))).When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("R-X2 statementMissing");
    }

    [Test]
    public void A_reason_for_no_statement_says_something_and_stands_beside_none()
    {
        var given = Opened().Heard();
        var full = Full(given);

        given.When(Stating(full with { SupplierStatementId = null, NoStatementReason = Some.TooShort })).ThenRejected("R-X2 motivationTooShort");
        given.When(Stating(full with { NoStatementReason = Some.Motivation })).ThenRejected("field statementAndReason");
        given.When(Stating(full with { SupplierStatementId = File })).ThenRejected("field unknownStatement");
    }

    [Test]
    public void The_elements_of_the_other_ground_are_refused()
    {
        var one = new PointOneElements("Arbetstidslagen", "Arbetsmiljöverkets beslut");

        Opened().When(Stating(Full(Opened()) with { PointOne = one })).ThenRejected("field otherGround");
        Opened(ExclusionGround.P1).When(Stating(Full(Opened()))).ThenRejected("field otherGround", "field otherGround");
        Opened(ExclusionGround.P1).When(Stating(Full(Opened()) with { PointFive = null })).ThenRejected("field otherGround");
    }

    [Test]
    public void Neither_date_lies_in_the_future()
    {
        var today = SwedishTime.DateOf(Some.Start);
        var full = Full(Opened());

        Assert.That(Opened().When(Stating(full with { EventDate = today, ConsequenceDate = today })).Decision.IsRejected, Is.False);
        Opened().When(Stating(full with { EventDate = today.AddDays(1) })).ThenRejected("field inFuture");
        Opened().When(Stating(full with { ConsequenceDate = DateOnly.MaxValue })).ThenRejected("field inFuture");
    }

    [TestCase("2026-01-15", "2026-02-20", "2029-01-15")]
    [TestCase("2026-01-15", "2025-12-01", "2028-12-01")]
    [TestCase("2026-01-15", null, "2029-01-15")]
    [TestCase(null, "2026-02-20", "2029-02-20")]
    [TestCase("2024-02-29", "2026-02-20", "2027-02-28")]
    public void The_last_day_of_use_is_three_years_from_the_earlier_date(string? eventDate, string? consequenceDate, string lastDay)
    {
        var file = Opened().And(Stating(Full(Opened()) with { EventDate = Day(eventDate), ConsequenceDate = Day(consequenceDate) })).File();

        Assert.That((file.LastDayOfUse(), file.Elements!.EventDate, file.Elements.ConsequenceDate), Is.EqualTo((Day(lastDay), Day(eventDate), Day(consequenceDate))));
    }

    [TestCase("2023-03-02", "2026-02-20", null)]
    [TestCase("2023-03-01", "2026-02-20", "eventDate")]
    [TestCase("2026-02-20", "2023-03-02", null)]
    [TestCase("2026-02-20", "2023-03-01", "consequenceDate")]
    [TestCase("0001-01-01", null, "eventDate")]
    public void What_is_older_than_three_years_is_not_stated(string eventDate, string? consequenceDate, string? field)
    {
        var stating = Opened().When(Stating(Full(Opened()) with { EventDate = Day(eventDate), ConsequenceDate = Day(consequenceDate) }));

        if (field is null)
            Assert.That(stating.Decision.IsRejected, Is.False, "three years to the day are not more than three years");
        else
            stating.ThenRejected("R-X3 tooOld");
        Assert.That(stating.Decision.Rejections.Select(r => r.Field), Is.EqualTo(field is null ? [] : new[] { field }));
    }

    [Test]
    public void A_file_expires_when_its_last_day_is_over_and_moves_nothing()
    {
        var given = Opened().And(Stating(Full(Opened())));
        // Midnight in Sweden, in winter.
        var end = new DateTimeOffset(2029, 1, 15, 23, 0, 0, TimeSpan.Zero);
        var before = CaseDecider.Decide(new NoteExpiries(), given.State, Some.Context(end.AddSeconds(-1)));
        var after = CaseDecider.Decide(new NoteExpiries(), given.State, Some.Context(end));

        Assert.Multiple(() =>
        {
            Assert.That(given.State.NextExpiry(), Is.EqualTo(end));
            Assert.That(before.Events, Is.Empty);
            Assert.That(given.File().StateAt(end.AddSeconds(-1)), Is.EqualTo(EvidenceFileState.Open));
            Assert.That(given.File().StateAt(end), Is.EqualTo(EvidenceFileState.Expired), "even before it is noted");
            Assert.That(after.Events, Is.EqualTo(new CaseEvent[] { new ExclusionEvidenceExpired(end, File) }));
        });

        var noted = after.Events.Aggregate(given.State, EscalationCase.Evolve);
        Assert.That((noted.Step, noted.Find<ExclusionEvidence>(File)!.State, noted.NextExpiry()), Is.EqualTo((given.State.Step, EvidenceFileState.Expired, (DateTimeOffset?)null)));
        Assert.That(CaseDecider.Decide(new NoteExpiries(), noted, Some.Context(end.AddDays(1))).Events, Is.Empty, "once");
    }

    [Test]
    public void A_complete_file_of_a_closed_case_expires_too_and_a_withdrawn_one_does_not()
    {
        var given = Opened().Heard();
        given.And(Stating(Full(given))).And(new CompleteEvidenceFile(File, "Jurist")).ClosedAsTerminated();
        Assert.That(given.Later(months: 36).When(new NoteExpiries()).Then<ExclusionEvidenceExpired>().RecordId, Is.EqualTo(File));
        Assert.That(Withdrawn().Later(months: 36).When(new NoteExpiries()).Decision.Events, Is.Empty);
    }

    [Test]
    public void After_its_end_a_file_takes_nothing_but_self_cleaning()
    {
        var expired = Opened().And(Stating(Full(Opened()))).Later(months: 36);
        var noted = Opened().And(Stating(Full(Opened()))).Later(months: 36).And(new NoteExpiries());

        foreach (var given in new[] { Withdrawn(), expired, noted })
        {
            given.When(Stating(Full(given) with { EventDate = SwedishTime.DateOf(given.Now), ConsequenceDate = null })).ThenRejected("evidenceFileLifecycle ended");
            given.When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("evidenceFileLifecycle ended");
            given.When(new WithdrawEvidenceFile(File, "Ej aktuellt", "Jurist")).ThenRejected("evidenceFileLifecycle ended");

            var cleaned = given.When(Cleaning(given.Now)).Then().Find<ExclusionEvidence>(File)!;
            Assert.That((cleaned.SelfCleaning, cleaned.StateAt(given.Now)), Is.EqualTo((new[] { Cleaning(given.Now).Entry }, given.File().StateAt(given.Now))));
        }
    }

    [Test]
    public void Self_cleaning_is_kept_in_order_and_not_received_in_the_future()
    {
        var given = Opened().And(Cleaning(Some.Start.AddDays(-40))).And(Cleaning(Some.Start));

        Assert.That(given.File().SelfCleaning.Select(e => e.ReceivedAt), Is.EqualTo(new[] { Some.Start.AddDays(-40), Some.Start }), "it may be older than the file");
        given.When(Cleaning(Some.Start.AddSeconds(1))).ThenRejected("field inFuture");
    }

    [Test]
    public void A_file_is_completed_once_and_anew_after_its_elements_have_changed()
    {
        var given = Opened().Heard();
        given.And(Stating(Full(given))).And(new CompleteEvidenceFile(File, "Jurist"));
        given.When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("evidenceFileLifecycle alreadyComplete");

        given.And(Stating(Full(given) with { Proportionality = null }));

        Assert.That(given.FileState(), Is.EqualTo(EvidenceFileState.Open));
        given.When(new CompleteEvidenceFile(File, "Jurist")).ThenRejected("R-X2 elementMissing");
    }

    [Test]
    public void A_file_that_the_case_does_not_have_is_unknown()
    {
        var given = Standing.At(5).Heard();

        given.When(Stating(Full(given))).ThenRejected("field unknownRecord");
        given.When(Cleaning(given.Now) with { RecordId = given.State.Of<SupplierStatement>().Single().Id }).ThenRejected("field unknownRecord");
    }

    /// <summary>HSC Baltic (C-682/21): no list, and no verdict; whoever procures assesses for itself.</summary>
    [Test]
    public void Nothing_of_a_file_says_what_an_assessment_would_come_to()
    {
        var names = typeof(ExclusionEvidence).GetProperties().Concat(typeof(EvidenceElements).GetProperties()).Select(p => p.Name)
            .Concat(Enum.GetNames<EvidenceFileState>());

        Assert.That(names.Where(n => n.Contains("Excluded", StringComparison.OrdinalIgnoreCase) || n.Contains("Eligible", StringComparison.OrdinalIgnoreCase)), Is.Empty);
    }

    private static GivenCase Opened(ExclusionGround ground = ExclusionGround.P5) => Standing.At(5).And(Opening(ground));

    private static GivenCase Withdrawn() => Opened().And(Stating(Full(Opened()))).And(new WithdrawEvidenceFile(File, "Ej aktuellt", "Jurist"));

    private static OpenEvidenceFile Opening(ExclusionGround ground) => new(File, new EvidenceFileContent(ground, "Jurist", "Uppsägning i förtid"));

    private static StateElements Stating(EvidenceElements elements) => new(File, elements, "Jurist");

    private static RecordSelfCleaning Cleaning(DateTimeOffset at) => new(File, new SelfCleaningEntry(SelfCleaningLimb.Measures, "Ett andra lager är i drift.", "VD", at));

    private static EvidenceElements With(ContractConsequence consequence)
    {
        var full = Full(Opened());
        return full with { PointFive = full.PointFive! with { Consequence = consequence } };
    }

    /// <summary>Everything of point 5, with the supplier's statement where the case has one.</summary>
    private static EvidenceElements Full(GivenCase given) => new(
        new PointFiveElements(ContractAct.Lou, "Krav 4.2", "Fjorton sena leveranser på fem månader", ContractConsequence.EarlyTermination, "Avtalet sades upp på grund av dem"),
        null, Event, Consequence, given.State.Of<SupplierStatement>().LastOrDefault()?.Id, null, "Bristerna pågick länge och påverkade vården.");

    private static DateOnly? Day(string? day) => day is null ? null : DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);

    private static bool Preliminary(GivenCase given) => given.File().IsPreliminary(given.State);
}

file static class Files
{
    public static ExclusionEvidence File(this GivenCase given) => given.State.Of<ExclusionEvidence>().First();

    public static EvidenceFileState FileState(this GivenCase given) => given.File().State;
}
