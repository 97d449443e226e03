using RegionEscalation.Domain.Cases;
using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Contracts;

namespace RegionEscalation.Domain.Tests;

/// <summary>R-M1, R-M2: from planning a meeting to its minutes.</summary>
public class MeetingTests
{
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly Contract[] Contracts = [Some.Contract("A-1"), Some.Contract("A-2")];
    private static readonly Minutes Minutes = new("Åtgärder överenskomna", "RS 2026-0117-9", ["Veckovis uppföljning"]);

    private static readonly HoldMeeting Hold = new(Id, ["Avtalsansvarig", "Försäljningschef"]);
    private static readonly SendMinutes Send = new(Id, Minutes);
    private static readonly CancelMeeting Cancel = new(Id, "Förhinder");

    [Test]
    public void From_plan_to_minutes()
    {
        var given = Held(MeetingKind.Regular);

        var meeting = given.When(Send).Then().Find<Meeting>(Id)!;

        Assert.That((meeting.State, meeting.Step, meeting.Visit, meeting.Minutes), Is.EqualTo((MeetingState.MinutesSent, 2, given.State.Visit, Minutes)));
        Assert.That(meeting.Participants, Is.EqualTo(Hold.Participants));
        Assert.That(meeting.Agenda!.Contracts, Is.EqualTo(new[] { "A-1", "A-2" }));
    }

    [TestCase(MeetingKind.Regular, "regularMeetings")]
    [TestCase(MeetingKind.Business, "businessMeeting")]
    [TestCase(MeetingKind.ExecutiveBusiness, "executiveBusinessMeeting")]
    [TestCase(MeetingKind.JointRegional, "jointRegionalMeeting")]
    [TestCase(MeetingKind.Internal, "internalMeetings")]
    public void The_minutes_do_the_activity_of_the_kind_and_no_other(MeetingKind kind, string activity)
    {
        var given = Held(kind);

        Assert.That(Done(given.State), Is.Empty, "a meeting without minutes does nothing");
        Assert.That(Done(given.And(Send).State), Is.EqualTo(new[] { activity }));

        static IEnumerable<string> Done(EscalationCase c) =>
            new[] { "regularMeetings", "businessMeeting", "executiveBusinessMeeting", "jointRegionalMeeting", "internalMeetings", "letterToCeo" }
                .Where(code => CaseActivities.IsDoneByRecord(c, 2, code));
    }

    [TestCase(MeetingKind.Regular)]
    [TestCase(MeetingKind.Business)]
    [TestCase(MeetingKind.ExecutiveBusiness)]
    [TestCase(MeetingKind.JointRegional)]
    public void A_meeting_with_the_supplier_needs_somebody_to_talk_to(MeetingKind kind) =>
        GivenCase.AtStep(2).When(c => Planning(kind, c.Now)).ThenRejected("R-A4 partnerMissing");

    [Test]
    public void An_internal_meeting_needs_nobody_at_the_supplier() =>
        Assert.That(GivenCase.AtStep(2).When(c => Planning(MeetingKind.Internal, c.Now)).Then<MeetingPlanned>().Content.Kind, Is.EqualTo(MeetingKind.Internal));

    [TestCase(-1)]
    [TestCase(0)]
    public void A_meeting_is_planned_before_it_starts(int days)
    {
        var given = GivenCase.AtStep(2).PartnerNamed();

        given.When(Planning(MeetingKind.Regular, given.Now.AddDays(days - 7))).ThenRejected("field inPast");
    }

    [Test]
    public void Other_regions_are_invited_to_a_joint_meeting_and_to_no_other()
    {
        var given = GivenCase.AtStep(2).PartnerNamed();

        given.When(Planning(MeetingKind.JointRegional, given.Now, [])).ThenRejected("R-M2 invitedRegionMissing");
        given.When(Planning(MeetingKind.JointRegional, given.Now, ["13", "99"])).ThenRejected("field unknownRegion");
        given.When(Planning(MeetingKind.JointRegional, given.Now, ["08"])).ThenRejected("field ownRegion");
        given.When(Planning(MeetingKind.Business, given.Now, ["13"])).ThenRejected("field onlyForJointMeeting");
        Assert.That(given.When(Planning(MeetingKind.JointRegional, given.Now, ["13", "06"])).Then<MeetingPlanned>().Content.InvitedRegions, Is.EqualTo(new[] { "13", "06" }));
    }

    [Test]
    public void What_is_wrong_with_an_invitation_is_said_where_it_stands() => Assert.That(
        GivenCase.AtStep(2).PartnerNamed().When(c => Planning(MeetingKind.JointRegional, c.Now, ["13", "99", "08"])).Decision.Rejections.Select(r => r.Field),
        Is.EqualTo(new[] { "invitedRegions[1].code", "invitedRegions[2].code" }));

    [TestCase(MeetingKind.Business)]
    [TestCase(MeetingKind.ExecutiveBusiness)]
    public void A_business_meeting_is_about_all_of_the_suppliers_contracts(MeetingKind kind)
    {
        var outcome = Planned(kind).When(Publishing("A-2") with { SupplierContracts = [.. Contracts, Some.Contract("A-3")] });

        outcome.ThenRejected("R-M2 contractsMissing");
        Assert.That((outcome.Decision.Rejections[0].Message.Sv, outcome.Decision.Rejections[0].Message.En),
            Is.EqualTo(("Ett affärsmöte gäller alla leverantörens avtal i regionen; dessa saknas: A-1, A-3.",
                "A business meeting is about all of the supplier's contracts in the region; these are missing: A-1, A-3.")));
    }

    [TestCase(MeetingKind.Regular)]
    [TestCase(MeetingKind.JointRegional)]
    [TestCase(MeetingKind.Internal)]
    public void Another_meeting_may_be_about_some(MeetingKind kind) =>
        Assert.That(Planned(kind).When(Publishing("A-2")).Then<MeetingAgendaPublished>().Agenda.Contracts, Is.EqualTo(new[] { "A-2" }));

    [Test]
    public void No_meeting_is_about_a_contract_that_is_not_the_suppliers()
    {
        var outcome = Planned(MeetingKind.Regular).When(Publishing("A-1", "B-1"));

        outcome.ThenRejected("field notTheSuppliersContract");
        Assert.That(outcome.Decision.Rejections[0].Field, Is.EqualTo("contracts[1].number"));
    }

    [Test]
    public void An_agenda_is_published_before_the_start()
    {
        Planned(MeetingKind.Regular).Later(days: 7).When(Publishing()).ThenRejected("R-M1 agendaTooLate");
        Planned(MeetingKind.Regular).Later(days: 6).When(Publishing()).Then<MeetingAgendaPublished>();
    }

    [Test]
    public void A_new_agenda_replaces_the_one_published()
    {
        var given = Planned(MeetingKind.Regular).And(Publishing("A-1")).Later(days: 1);

        var meeting = given.When(Publishing("A-2")).Then().Find<Meeting>(Id)!;

        Assert.That((meeting.Agenda!.Contracts.Single(), meeting.AgendaPublishedAt, meeting.State), Is.EqualTo(("A-2", given.Now, MeetingState.AgendaPublished)));
    }

    [Test]
    public void A_meeting_is_not_held_without_an_agenda()
    {
        var early = Planned(MeetingKind.Regular).When(Hold);
        var late = Planned(MeetingKind.Regular).Later(days: 7).When(Hold);

        early.ThenRejected("R-M1 agendaMissing", "R-M1 notStarted");
        late.ThenRejected("R-M1 agendaMissing");
        Assert.That((early.Decision.Rejections[0].MetBy, late.Decision.Rejections[0].MetBy), Is.EqualTo(($"meetings/{Id}/agendas", "meetings")),
            "after the start only another meeting would do");
    }

    [Test]
    public void A_meeting_is_not_held_before_its_start() => Planned(MeetingKind.Regular).And(Publishing()).Later(days: 6).When(Hold).ThenRejected("R-M1 notStarted");

    [Test]
    public void A_meeting_can_be_held_from_its_start_on() =>
        Assert.That(Planned(MeetingKind.Regular).And(Publishing()).Later(days: 7).When(Hold).Then<MeetingHeld>().Participants, Is.EqualTo(Hold.Participants));

    [Test]
    public void The_minutes_are_due_after_the_regions_number_of_working_days()
    {
        var given = Held(MeetingKind.Regular);

        var obligation = Obligations.Of(given.State).Single(o => o.Code == "minutes");

        Assert.That((obligation.Rule, obligation.Due, obligation.MetBy), Is.EqualTo(("R-M1", given.Settings.After(given.Now, 5), $"meetings/{Id}/minutes")));
        Assert.That(Obligations.Of(given.And(Send).State).Select(o => o.Code), Has.None.EqualTo("minutes"));
    }

    [Test]
    public void A_region_may_set_another_number()
    {
        var settings = Ladder.LadderSettings.Default with { Deadlines = new Ladder.Deadlines(Minutes: 2) };
        var given = Planned(MeetingKind.Regular).And(Publishing()).Later(days: 7).With(settings);

        Assert.That(given.When(Hold).Then<MeetingHeld>().MinutesDue, Is.EqualTo(settings.After(given.Now, 2)));
    }

    [Test]
    public void A_meeting_to_come_and_one_with_its_minutes_have_none_due()
    {
        var given = Planned(MeetingKind.Regular).And(Publishing());

        Assert.That(Obligations.Of(given.State).Select(o => o.Code), Has.None.EqualTo("minutes"));
    }

    [Test]
    public void Minutes_follow_a_meeting_that_was_held()
    {
        var planned = Planned(MeetingKind.Regular).When(Send);

        planned.ThenRejected("meetingLifecycle notHeld");
        Assert.That(planned.Decision.Rejections[0].MetBy, Is.EqualTo($"meetings/{Id}/holdings"));
        Planned(MeetingKind.Regular).And(Publishing()).When(Send).ThenRejected("meetingLifecycle notHeld");
        Held(MeetingKind.Regular).And(Send).When(Send).ThenRejected("meetingLifecycle minutesAlreadySent");
    }

    [Test]
    public void A_meeting_is_held_once_and_then_neither_prepared_nor_cancelled()
    {
        foreach (var given in new[] { Held(MeetingKind.Regular), Held(MeetingKind.Regular).And(Send) })
        {
            given.When(Hold).ThenRejected("meetingLifecycle alreadyHeld");
            given.When(Publishing()).ThenRejected("meetingLifecycle alreadyHeld");
            given.When(Cancel).ThenRejected("meetingLifecycle alreadyHeld");
        }
    }

    [Test]
    public void A_cancelled_meeting_takes_nothing_more()
    {
        var given = Planned(MeetingKind.Regular).And(Publishing()).And(Cancel);

        Assert.That((given.State.Find<Meeting>(Id)!.State, given.State.Find<Meeting>(Id)!.CancelledBecause), Is.EqualTo((MeetingState.Cancelled, "Förhinder")));
        foreach (var command in new CaseCommand[] { Hold, Publishing(), Send, Cancel })
            given.When(command).ThenRejected("meetingLifecycle meetingCancelled");
    }

    [Test]
    public void A_planned_meeting_can_be_cancelled() => Planned(MeetingKind.Regular).When(Cancel).Then<MeetingCancelled>();

    [Test]
    public void A_closed_case_has_no_more_meetings_but_minutes_still_due()
    {
        Planned(MeetingKind.Internal).Closed().When(Cancel).ThenRejected("R-G3 caseClosed");
        GivenCase.AtStep(2).Closed().When(c => Planning(MeetingKind.Internal, c.Now)).ThenRejected("R-G3 caseClosed");
        Held(MeetingKind.Internal).Closed().When(Send).Then<MeetingMinutesSent>();
    }

    [Test]
    public void Only_a_meeting_of_the_case_changes()
    {
        var given = GivenCase.AtStep(2).PartnerNamed();

        foreach (var command in new CaseCommand[] { Hold, Publishing(), Send, Cancel, new HoldMeeting(given.State.Of<NamedPartner>().Single().Id, []) })
            given.When(command).ThenRejected("field unknownRecord");
    }

    private static PlanMeeting Planning(MeetingKind kind, DateTimeOffset now, string[]? invited = null) => new(Id, new MeetingContent(
        kind, "Avtalsansvarig", now.AddDays(7), "Digitalt", invited ?? (kind == MeetingKind.JointRegional ? ["13"] : [])), "08");

    private static PublishAgenda Publishing(params string[] contracts) => new(Id, new Agenda(["Leveransläget"], contracts), Contracts);

    private static GivenCase Planned(MeetingKind kind)
    {
        var given = GivenCase.AtStep(2).PartnerNamed();
        return given.And(Planning(kind, given.Now));
    }

    private static GivenCase Held(MeetingKind kind) => Planned(kind).And(Publishing("A-1", "A-2")).Later(days: 7).And(Hold);
}
