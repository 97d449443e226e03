using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;

namespace RegionEscalation.Domain.Tests;

/// <summary>Regiongemensamt möte as it is called nationally (R-M1, R-M2), and what it does for a case of a region that took part.</summary>
public class JointMeetingTests
{
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Start = new(2026, 3, 9, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Concerned = ["08", "12", "13"];
    private static readonly PublishJointAgenda Agenda = new(["Leveransläget"]);
    private static readonly HoldJointMeeting Hold = new([new("region:13", "Kategoriledare"), new("region:08", "Avtalsansvarig")]);
    private static readonly CancelJointMeeting Cancel = new("Förhinder");
    private static readonly ReportFollowUp Report = new(1, "Klart", "Avtalsansvarig");

    private static readonly SendJointMinutes Send = Sending(new("Följ upp", "region:08", new(2026, 4, 1)), new("Redovisa", "supplier", new(2026, 3, 9)));

    [Test]
    public void A_region_that_is_concerned_calls_others_that_are()
    {
        var meeting = After(null, Calling());

        Assert.That((meeting.Id, meeting.Version, meeting.CalledBy, meeting.State, meeting.CalledAt), Is.EqualTo((Id, 1L, "region:13", JointMeetingState.Called, Now)));
        Assert.That(meeting.Bodies(), Is.EqualTo(new[] { "region:13", "region:08" }));
    }

    [Test]
    public void A_region_that_is_not_concerned_does_not_call_but_the_coordination_group_does()
    {
        Rejected(null, Calling() with { CalledBy = "region:06" }, "R-M2 convenerNotConcerned");
        // Nor is it told which regions are concerned.
        Rejected(null, Calling() with { CalledBy = "region:06", Regions = ["08", "10", "99"] }, "R-M2 convenerNotConcerned");
        Assert.That(After(null, Calling() with { CalledBy = "coordination", Regions = ["13", "08"] }).CalledBy, Is.EqualTo("coordination"));
    }

    [Test]
    public void Each_region_invited_is_known_concerned_and_invited_once()
    {
        Rejected(null, Calling(), "R-M2 invitedRegionMissing", regions: []);
        var decision = JointMeetings.Decide(Calling() with { Regions = ["08", "99", "13", "08", "06"] }, null, Now);

        Assert.That(decision.Rejections.Select(r => $"{r.Field}: {r.Code} {r.Reason}"), Is.EqualTo(new[]
        {
            "invitedRegions[1].code: field unknownRegion", "invitedRegions[2].code: field ownRegion", "invitedRegions[3].code: field alreadyInvited",
            "invitedRegions[4].code: R-M2 notConcerned",
        }));
    }

    [Test]
    public void A_meeting_is_about_one_supplier_that_is_named_in_one_way()
    {
        Rejected(null, About(new(null, null)), "field oneOfTwo");
        Rejected(null, About(new("5560360793", Guid.NewGuid())), "field oneOfTwo");
        Rejected(null, About(new("5560360794", null)), "field organisationNumber");
        Rejected(null, About(new("8112189876", null)), "field soleTrader");
        After(null, About(new(null, Guid.NewGuid())));

        static CallJointMeeting About(JointMeetingSupplier supplier) => Calling() with { Content = Calling().Content with { Supplier = supplier } };
    }

    [Test]
    public void It_is_called_before_it_starts()
    {
        Rejected(null, Calling() with { Content = Calling().Content with { StartsAt = Now } }, "field inPast");
        After(null, Calling() with { Content = Calling().Content with { StartsAt = Now.AddTicks(10) } });
    }

    [Test]
    public void Further_regions_are_invited_until_it_is_held()
    {
        var invite = new InviteRegions(["12"], Concerned);

        Assert.That(After(Called(), invite).InvitedRegions, Is.EqualTo(new[] { "08", "12" }));
        Assert.That(After(Called(Agenda), invite, Start.AddDays(1)).State, Is.EqualTo(JointMeetingState.AgendaPublished));
        Rejected(Called(), new InviteRegions(["08"], Concerned), "field alreadyInvited");
        Rejected(Called(), new InviteRegions(["06"], Concerned), "R-M2 notConcerned");
        Rejected(Held(), invite, "jointMeetingLifecycle alreadyHeld");
    }

    [Test]
    public void The_agenda_is_published_before_the_start_and_a_new_one_replaces_it()
    {
        var published = After(Called(), Agenda, Start.AddTicks(-10));
        var again = After(published, new PublishJointAgenda(["Läget", "Åtgärder"]), Start.AddTicks(-10));

        Assert.That((published.State, again.Agenda.Count, again.Version), Is.EqualTo((JointMeetingState.AgendaPublished, 2, 3L)));
        Rejected(Called(), Agenda, "R-M1 agendaTooLate", Start);
        Rejected(Called(Agenda), Agenda, "R-M1 agendaTooLate", Start);
    }

    [Test]
    public void It_is_held_from_its_start_on_and_with_an_agenda()
    {
        Rejected(Called(Agenda), Hold, "R-M1 notStarted", Start.AddTicks(-10));
        Rejected(Called(), Hold, "R-M1 agendaMissing", Start);
        Assert.That(JointMeetings.Decide(Hold, Called(), Start).Rejections[0].MetBy, Is.EqualTo("joint-meetings"), "after the start only another meeting would do");
        Assert.That(JointMeetings.Decide(Hold, Called(), Now).Rejections.Select(r => r.MetBy), Is.EqualTo(new[] { $"joint-meetings/{Id}/agendas", null }));
        Assert.That(After(Called(Agenda), Hold, Start).State, Is.EqualTo(JointMeetingState.Held));
    }

    [Test]
    public void Whoever_called_it_and_who_is_invited_takes_part_and_nobody_else()
    {
        var decision = JointMeetings.Decide(new HoldJointMeeting([new("region:08", "A"), new("region:12", "B"), new("coordination", "C"), new("supplier", "D")]), Called(Agenda), Start);

        Assert.That(decision.Rejections.Select(r => $"{r.Field}: {r.Code} {r.Reason}"), Is.EqualTo(new[]
        {
            "participants[1].reader: R-M2 notInvited", "participants[2].reader: R-M2 notInvited", "participants[3].reader: R-M2 notInvited",
        }));
        Rejected(Called(Agenda), new HoldJointMeeting([new("region:12", "B")]), "R-M2 notInvited", Start);
    }

    [TestCase("2026-03-09T09:00:00Z", "2026-03-16T23:00:00Z", TestName = "A week with five working days")]
    [TestCase("2026-03-30T08:00:00Z", "2026-04-08T22:00:00Z", TestName = "Good Friday and Easter Monday do not count")]
    [TestCase("2026-03-09T23:30:00Z", "2026-03-17T23:00:00Z", TestName = "Late in the evening UTC is the next Swedish day")]
    public void The_minutes_are_due_five_working_days_after_it(string start, string due)
    {
        var startsAt = DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture);
        var called = After(null, Calling() with { Content = Calling().Content with { StartsAt = startsAt } });
        var held = After(After(called, Agenda), Hold, startsAt.AddDays(2));

        Assert.That(held.MinutesDue, Is.EqualTo(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.That((held.IsMinutesOverdue(held.MinutesDue!.Value.AddTicks(-10)), held.IsMinutesOverdue(held.MinutesDue.Value)), Is.EqualTo((false, true)));
        Assert.That(After(held, Sending(), startsAt.AddDays(30)).IsMinutesOverdue(startsAt.AddDays(40)), Is.False);
    }

    [Test]
    public void Minutes_follow_a_meeting_that_was_held_once()
    {
        Rejected(Called(Agenda), Send, "jointMeetingLifecycle notHeld");
        Rejected(Held(Send), Send, "jointMeetingLifecycle minutesAlreadySent", Start);
        Assert.That(Held(Send).Minutes!.FollowUps, Has.Count.EqualTo(2));
    }

    [Test]
    public void What_is_to_be_followed_up_has_somebody_responsible_and_a_day()
    {
        var decision = JointMeetings.Decide(Sending(new("A", "region:12", new(2026, 4, 1)), new("B", "region:13", new(2026, 3, 8)), new("C", "Kategoriledare", new(2026, 4, 1))), Held(), Start);

        Assert.That(decision.Rejections.Select(r => $"{r.Field}: {r.Code} {r.Reason}"), Is.EqualTo(new[]
        {
            "followUps[0].responsible: field unknownResponsible", "followUps[1].due: field beforeMeeting", "followUps[2].responsible: field unknownResponsible",
        }));
    }

    [Test]
    public void A_follow_up_is_reported_done_once()
    {
        var reported = Held(Send, Report);

        Assert.That(reported.Reports.Single(), Is.EqualTo(new FollowUpReport(1, Start, "Klart", "Avtalsansvarig")));
        Rejected(reported, Report, "jointMeetingLifecycle alreadyReported", Start);
        foreach (var number in new[] { -1, 0, 3 })
            Rejected(reported, Report with { Number = number }, "field unknownFollowUp", Start);
        Rejected(Held(), Report, "field unknownFollowUp", Start);
    }

    [Test]
    public void A_meeting_that_is_held_or_cancelled_takes_no_more_of_what_comes_before()
    {
        foreach (var command in new JointMeetingCommand[] { Agenda, Hold, Cancel, new InviteRegions(["12"], Concerned) })
        {
            Rejected(Held(), command, "jointMeetingLifecycle alreadyHeld", Start);
            Rejected(Held(Send), command, "jointMeetingLifecycle alreadyHeld", Start);
            Rejected(Called(Agenda, Cancel), command, "jointMeetingLifecycle meetingCancelled", Start);
        }
        Rejected(Called(Cancel), Send, "jointMeetingLifecycle meetingCancelled", Start);
        Assert.That((Called(Cancel).State, Called(Cancel).CancelledBecause), Is.EqualTo((JointMeetingState.Cancelled, "Förhinder")));
    }

    [Test]
    public void Every_rejection_is_a_sentence_in_both_languages() => Assert.That(
        Rejections.Where(r => r.Message.Sv == r.Message.En || !r.Message.Sv.EndsWith('.') || !r.Message.En.EndsWith('.') || !char.IsUpper(r.Message.Sv[0])), Is.Empty);

    [Test]
    public void A_case_takes_up_a_meeting_about_its_supplier_that_the_region_took_part_in()
    {
        var given = AtFour();

        var after = given.When(c => TakingUp(c)).Then();

        Assert.That(CaseActivities.IsDoneByRecord(after, 4, "jointRegionalMeeting"), Is.True);
        Assert.That(CaseActivities.IsDoneByRecord(given.State, 4, "jointRegionalMeeting"), Is.False);
        Assert.That(after.Of<JointMeetingAttendance>().Single().Content.Participants, Is.EqualTo(new[] { "region:13", "region:08" }));
    }

    [Test]
    public void A_sole_traders_meeting_is_found_by_the_platforms_id() =>
        AtFour().When(c => TakingUp(c, m => m with { Supplier = new JointMeetingSupplier(null, c.State.Supplier.Id) })).Then<JointMeetingAttended>();

    [Test]
    public void A_case_takes_up_no_other_meeting()
    {
        var given = AtFour();

        given.When(new TakeUpJointMeeting(Guid.NewGuid(), null, "08")).ThenRejected("field unknownMeeting");
        given.When(c => TakingUp(c, m => m with { Supplier = new JointMeetingSupplier("2021005489", null) })).ThenRejected("R-M2 otherSupplier");
        given.When(c => TakingUp(c, m => m with { Supplier = new JointMeetingSupplier(null, Guid.NewGuid()) })).ThenRejected("R-M2 otherSupplier");
        given.When(c => TakingUp(c, m => m with { State = JointMeetingState.Held })).ThenRejected("R-M1 minutesMissing");
        given.When(c => TakingUp(c, m => m with { Participants = ["region:13"] })).ThenRejected("R-M2 notParticipant");
        given.When(c => TakingUp(c, m => m with { StartsAt = c.State.OpenedAt.AddTicks(-10) })).ThenRejected("R-A2 beforeCase");
        given.And(TakingUp(given)).When(c => TakingUp(c)).ThenRejected("jointMeetingLifecycle alreadyTakenUp");
        AtFour().Closed().When(c => TakingUp(c)).ThenRejected("R-G3 caseClosed");
    }

    private static IEnumerable<Rejection> Rejections =>
        from state in new[] { Called(), Called(Agenda), Called(Cancel), Held(), Held(Send, Report) }
        from command in new JointMeetingCommand[]
        {
            new InviteRegions([], Concerned), new InviteRegions(["99", "13", "08", "06"], Concerned), Agenda, Hold, new HoldJointMeeting([new("supplier", "D")]),
            Sending(new JointMeetingFollowUp("A", "region:12", new(2026, 1, 1))), Report, Report with { Number = 9 }, Cancel,
        }
        from now in new[] { Now, Start }
        from rejection in JointMeetings.Decide(command, state, now).Rejections
        select rejection;

    private static CallJointMeeting Calling() => new(Id, "region:13",
        new JointMeetingContent(new JointMeetingSupplier("5560360793", null), "Kategoriledare", Start, "Digitalt"), ["08"], Concerned);

    private static SendJointMinutes Sending(params JointMeetingFollowUp[] followUps) => new(new JointMinutes("Genomgång", "RH 2026/44-7", ["Månadsvis uppföljning"], followUps));

    private static GivenCase AtFour() => GivenCase.OpenedBy(Some.Opening(4, Trigger.SeriousDeviation, Some.Serious(Some.Start)));

    private static TakeUpJointMeeting TakingUp(GivenCase c, Func<KnownJointMeeting, KnownJointMeeting>? but = null)
    {
        var meeting = new KnownJointMeeting(
            Id, new JointMeetingSupplier(c.State.Supplier.OrganisationNumber, null), "region:13", c.Now, JointMeetingState.MinutesSent, ["region:13", "region:08"]);
        return new TakeUpJointMeeting(Guid.NewGuid(), but is null ? meeting : but(meeting), "08");
    }

    private static JointMeeting Called(params JointMeetingCommand[] then) => then.Aggregate(After(null, Calling()), (m, c) => After(m, c));

    private static JointMeeting Held(params JointMeetingCommand[] then) => then.Prepend(Hold).Aggregate(Called(Agenda), (m, c) => After(m, c, Start));

    private static JointMeeting After(JointMeeting? before, JointMeetingCommand command, DateTimeOffset? now = null)
    {
        var decision = JointMeetings.Decide(command, before, now ?? Now);
        Assert.That(decision.Rejections, Is.Empty);
        return decision.Events.Aggregate(before, JointMeeting.Evolve)!;
    }

    private static void Rejected(JointMeeting? state, CallJointMeeting command, string expected, string[] regions) =>
        Rejected(state, command with { Regions = regions }, expected);

    private static void Rejected(JointMeeting? state, JointMeetingCommand command, string expected, DateTimeOffset? now = null)
    {
        var decision = JointMeetings.Decide(command, state, now ?? Now);
        Assert.That(decision.Rejections.Select(r => $"{r.Code} {r.Reason}"), Is.EqualTo(new[] { expected }));
        Assert.That(decision.Events, Is.Empty);
    }
}
