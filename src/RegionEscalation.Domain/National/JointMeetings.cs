using RegionEscalation.Domain.Regions;

namespace RegionEscalation.Domain.National;

public enum JointMeetingState
{
    Called,
    AgendaPublished,
    Held,
    MinutesSent,
    Cancelled,
}

/// <summary>Whom a meeting is about, by one of the two.</summary>
/// <param name="OrganisationNumber">Ten digits; never a sole trader's.</param>
/// <param name="Id">The platform's id of a sole trader within the region that has the case.</param>
public sealed record JointMeetingSupplier(string? OrganisationNumber, Guid? Id);

/// <param name="Convener">The function that calls it and draws up the minutes.</param>
/// <param name="StartsAt">UTC.</param>
public sealed record JointMeetingContent(JointMeetingSupplier Supplier, string Convener, DateTimeOffset StartsAt, string Place);

/// <param name="Reader">The body that took part; see <see cref="NationalReader.Key"/>.</param>
/// <param name="Function">Never a person's name.</param>
public sealed record JointMeetingParticipant(string Reader, string Function);

/// <param name="Responsible">The body that is to do it by its key, or <c>supplier</c>.</param>
/// <param name="Due">Last day, Swedish calendar date.</param>
public sealed record JointMeetingFollowUp(string What, string Responsible, DateOnly Due);

/// <param name="Reference">The minutes in the records of whoever called the meeting.</param>
public sealed record JointMinutes(string Summary, string Reference, IReadOnlyList<string> Decisions, IReadOnlyList<JointMeetingFollowUp> FollowUps);

/// <param name="Number">Its place in the minutes, from 1.</param>
/// <param name="At">UTC.</param>
public sealed record FollowUpReport(int Number, DateTimeOffset At, string Account, string ReportedBy);

/// <param name="At">UTC, whole microseconds.</param>
public abstract record JointMeetingEvent(DateTimeOffset At);

/// <param name="CalledBy">Who called it, by key: a region or the coordination group.</param>
/// <param name="InvitedRegions">The codes of the regions invited.</param>
public sealed record JointMeetingCalled(
    DateTimeOffset At, Guid MeetingId, string CalledBy, JointMeetingContent Content, IReadOnlyList<string> InvitedRegions) : JointMeetingEvent(At);

/// <param name="Regions">The codes of the further regions invited.</param>
public sealed record JointMeetingRegionsInvited(DateTimeOffset At, IReadOnlyList<string> Regions) : JointMeetingEvent(At);

public sealed record JointMeetingAgendaPublished(DateTimeOffset At, IReadOnlyList<string> Items) : JointMeetingEvent(At);

/// <param name="MinutesDue">The instant from which the minutes are overdue, UTC (R-M1).</param>
public sealed record JointMeetingHeld(DateTimeOffset At, IReadOnlyList<JointMeetingParticipant> Participants, DateTimeOffset MinutesDue) : JointMeetingEvent(At);

public sealed record JointMeetingMinutesSent(DateTimeOffset At, JointMinutes Minutes) : JointMeetingEvent(At);

/// <param name="Number">The follow-up's place in the minutes, from 1.</param>
public sealed record JointMeetingFollowUpReported(DateTimeOffset At, int Number, string Account, string ReportedBy) : JointMeetingEvent(At);

public sealed record JointMeetingCancelled(DateTimeOffset At, string Reason) : JointMeetingEvent(At);

/// <summary>Regiongemensamt möte (R-M1, R-M2) about one supplier, as its stream tells it.</summary>
public sealed record JointMeeting
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }

    /// <summary>A region or the coordination group; see <see cref="NationalReader.Key"/>.</summary>
    public required string CalledBy { get; init; }
    public required JointMeetingContent Content { get; init; }

    /// <summary>By code.</summary>
    public required IReadOnlyList<string> InvitedRegions { get; init; }
    public JointMeetingState State { get; init; }
    public IReadOnlyList<string> Agenda { get; init; } = [];

    /// <summary>UTC; null before an agenda is published.</summary>
    public DateTimeOffset? AgendaPublishedAt { get; init; }
    public IReadOnlyList<JointMeetingParticipant> Participants { get; init; } = [];

    /// <summary>The instant from which the minutes are overdue, UTC (R-M1); null before it is held.</summary>
    public DateTimeOffset? MinutesDue { get; init; }
    public JointMinutes? Minutes { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset? MinutesSentAt { get; init; }
    public IReadOnlyList<FollowUpReport> Reports { get; init; } = [];
    public string? CancelledBecause { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset CalledAt { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The bodies that may take part, by key: who called it and the regions invited (R-M2).</summary>
    public IEnumerable<string> Bodies() => InvitedRegions.Select(code => NationalReader.OfRegion(code).Key).Prepend(CalledBy);

    /// <summary>Held, and its minutes late (R-M1). It reminds; nothing follows from it by itself.</summary>
    public bool IsMinutesOverdue(DateTimeOffset now) => State == JointMeetingState.Held && MinutesDue <= now;

    public static JointMeeting Evolve(JointMeeting? meeting, JointMeetingEvent e) => (meeting, e) switch
    {
        (null, JointMeetingCalled c) => new JointMeeting
        {
            Id = c.MeetingId,
            Version = 1,
            CalledBy = c.CalledBy,
            Content = c.Content,
            InvitedRegions = c.InvitedRegions,
            CalledAt = c.At,
            UpdatedAt = c.At,
        },
        ({ } m, _) => Next(m, e) with { Version = m.Version + 1, UpdatedAt = e.At },
        _ => throw new InvalidOperationException($"A joint meeting's stream cannot begin with {e.GetType().Name}."),
    };

    private static JointMeeting Next(JointMeeting m, JointMeetingEvent e) => e switch
    {
        JointMeetingRegionsInvited i => m with { InvitedRegions = [.. m.InvitedRegions, .. i.Regions] },
        JointMeetingAgendaPublished a => m with { State = JointMeetingState.AgendaPublished, Agenda = a.Items, AgendaPublishedAt = a.At },
        JointMeetingHeld h => m with { State = JointMeetingState.Held, Participants = h.Participants, MinutesDue = h.MinutesDue },
        JointMeetingMinutesSent s => m with { State = JointMeetingState.MinutesSent, Minutes = s.Minutes, MinutesSentAt = s.At },
        JointMeetingFollowUpReported r => m with { Reports = [.. m.Reports, new FollowUpReport(r.Number, r.At, r.Account, r.ReportedBy)] },
        JointMeetingCancelled c => m with { State = JointMeetingState.Cancelled, CancelledBecause = c.Reason },
        _ => throw new InvalidOperationException($"{e.GetType().Name} cannot follow in a joint meeting's stream."),
    };
}

public abstract record JointMeetingCommand;

/// <param name="CalledBy">Who calls it, by key.</param>
/// <param name="Regions">The codes of the regions invited.</param>
/// <param name="Concerned">The codes of the regions with a contract with the supplier in force or a case at steps 3–5 about it.</param>
public sealed record CallJointMeeting(
    Guid MeetingId, string CalledBy, JointMeetingContent Content, IReadOnlyList<string> Regions, IReadOnlyCollection<string> Concerned) : JointMeetingCommand;

/// <inheritdoc cref="CallJointMeeting"/>
public sealed record InviteRegions(IReadOnlyList<string> Regions, IReadOnlyCollection<string> Concerned) : JointMeetingCommand;

/// <summary>Publishes the agenda, or a new one in place of it, for as long as the meeting has not started.</summary>
public sealed record PublishJointAgenda(IReadOnlyList<string> Items) : JointMeetingCommand;

public sealed record HoldJointMeeting(IReadOnlyList<JointMeetingParticipant> Participants) : JointMeetingCommand;

public sealed record SendJointMinutes(JointMinutes Minutes) : JointMeetingCommand;

/// <param name="Number">The follow-up's place in the minutes, from 1.</param>
public sealed record ReportFollowUp(int Number, string Account, string ReportedBy) : JointMeetingCommand;

public sealed record CancelJointMeeting(string Reason) : JointMeetingCommand;

/// <summary>R-M1, R-M2.</summary>
public static class JointMeetings
{
    /// <summary>Working days after the meeting (R-M1). The calendar is the common one: no region's own free days count.</summary>
    private const int MinutesWithin = 5;

    /// <summary>Who is responsible for a follow-up that is the supplier's to do.</summary>
    public const string Supplier = "supplier";

    public static Decision<JointMeetingEvent> Decide(JointMeetingCommand command, JointMeeting? state, DateTimeOffset now) => (command, state) switch
    {
        (CallJointMeeting c, null) => Decision<JointMeetingEvent>.Unless(
        [
            .. AgainstSupplier(c.Content.Supplier),
            .. AgainstStart(c.Content.StartsAt, now),
            // Nobody is concerned with a supplier that is named wrongly, and that is said already.
            // Whoever is not concerned is not told who is.
            .. AgainstSupplier(c.Content.Supplier).Any() ? [] : AgainstConvener(c.CalledBy, c.Concerned) is { } stranger ? [stranger] : AgainstInvited(c.Regions, c.CalledBy, [], c.Concerned),
        ], () => [new JointMeetingCalled(now, c.MeetingId, c.CalledBy, c.Content, c.Regions)]),
        (InviteRegions c, { } s) => ToCome(s, () => AgainstInvited(c.Regions, s.CalledBy, s.InvitedRegions, c.Concerned), () => new JointMeetingRegionsInvited(now, c.Regions)),
        (PublishJointAgenda c, { } s) => ToCome(s, () => AgainstAgenda(s, now), () => new JointMeetingAgendaPublished(now, c.Items)),
        (HoldJointMeeting c, { } s) => ToCome(s, () => [.. AgainstHolding(s, now), .. AgainstParticipants(c.Participants, s)], () => new JointMeetingHeld(
            now, c.Participants, SwedishTime.EndOf(SwedishCalendar.AddWorkingDays(SwedishTime.DateOf(s.Content.StartsAt), MinutesWithin, [])))),
        (SendJointMinutes c, { } s) => AgainstMinutes(s) is { } rejection
            ? Decision<JointMeetingEvent>.Reject(rejection)
            : Decision<JointMeetingEvent>.Unless([.. AgainstFollowUps(c.Minutes.FollowUps, s)], () => [new JointMeetingMinutesSent(now, c.Minutes)]),
        (ReportFollowUp c, { } s) => Decision<JointMeetingEvent>.Unless([.. AgainstReport(c.Number, s)],
            () => [new JointMeetingFollowUpReported(now, c.Number, c.Account, c.ReportedBy)]),
        (CancelJointMeeting c, { } s) => ToCome(s, () => [], () => new JointMeetingCancelled(now, c.Reason)),
        _ => throw new InvalidOperationException($"{command.GetType().Name} does not apply to {(state is null ? "nothing" : "a meeting")}."),
    };

    /// <summary>What is done for a meeting that is neither held nor cancelled.</summary>
    private static Decision<JointMeetingEvent> ToCome(JointMeeting s, Func<IEnumerable<Rejection>> against, Func<JointMeetingEvent> happened) => s.State switch
    {
        JointMeetingState.Called or JointMeetingState.AgendaPublished => Decision<JointMeetingEvent>.Unless([.. against()], () => [happened()]),
        JointMeetingState.Cancelled => Decision<JointMeetingEvent>.Reject(Cancelled()),
        _ => Decision<JointMeetingEvent>.Reject(Lifecycle("alreadyHeld", "Mötet är redan hållet.", "The meeting has already been held.")),
    };

    private static IEnumerable<Rejection> AgainstSupplier(JointMeetingSupplier supplier)
    {
        if ((supplier.OrganisationNumber is null) == (supplier.Id is null))
            yield return Rejection.InField("supplier", "oneOfTwo",
                "Ange antingen organisationsnummer eller plattformens id.", "State either an organisation number or the platform's id.");
        else if (supplier.OrganisationNumber is { } number && SupplierNumber.Normalise(number) != number)
            yield return Rejection.InField("supplier.organisationNumber", "organisationNumber",
                "Ska vara ett giltigt organisationsnummer.", "Must be a valid organisation number.");
        else if (supplier.OrganisationNumber is { } digits && OrganisationNumber.IsNaturalPerson(digits))
            yield return Rejection.InField("supplier.organisationNumber", "soleTrader",
                "En enskild näringsidkare anges med plattformens id.", "A sole trader is stated by the platform's id.");
    }

    private static IEnumerable<Rejection> AgainstStart(DateTimeOffset startsAt, DateTimeOffset now)
    {
        // Its agenda could never be published before its start.
        if (startsAt <= now)
            yield return Rejection.InField("startsAt", "inPast", "Ett möte utlyses innan det börjar.", "A meeting is called before it starts.");
    }

    private static Rejection? AgainstConvener(string calledBy, IReadOnlyCollection<string> concerned) =>
        NationalReader.Parse(calledBy) is { Kind: ReaderKind.Region } region && !concerned.Contains(region.Code)
            ? new Rejection("R-M2", "convenerNotConcerned", new Label(
                "Regionen har varken ett gällande avtal med leverantören eller ett ärende om den på steg 3–5; den nationella samordningsgruppen kan kalla till mötet.",
                "The region has neither a contract in force with the supplier nor a case about it at steps 3–5; the national coordination group can call the meeting."))
            : null;

    private static IEnumerable<Rejection> AgainstInvited(
        IReadOnlyList<string> regions, string calledBy, IReadOnlyList<string> already, IReadOnlyCollection<string> concerned)
    {
        if (regions.Count == 0)
            yield return new Rejection("R-M2", "invitedRegionMissing", new Label(
                "Till ett regiongemensamt möte bjuds minst en annan region in.", "At least one other region is invited to a joint regional meeting."),
                Field: "invitedRegions");
        for (var i = 0; i < regions.Count; i++)
        {
            var (code, field) = (regions[i], $"invitedRegions[{i}].code");
            if (Region.Find(code) is not { } region)
                yield return Rejection.InField(field, "unknownRegion", "Det finns ingen region med den koden.", "There is no region with that code.");
            else if (NationalReader.OfRegion(code).Key == calledBy)
                yield return Rejection.InField(field, "ownRegion",
                    "Den som kallar till mötet bjuds inte in till det.", "Whoever calls the meeting is not invited to it.");
            else if (already.Contains(code) || regions.Take(i).Contains(code))
                yield return Rejection.InField(field, "alreadyInvited", "Regionen är redan inbjuden.", "The region is already invited.");
            else if (!concerned.Contains(code))
                yield return new Rejection("R-M2", "notConcerned", new Label(
                    $"{region.Name} har varken ett gällande avtal med leverantören eller ett ärende om den på steg 3–5.",
                    $"{region.Name} has neither a contract in force with the supplier nor a case about it at steps 3–5."), Field: field);
        }
    }

    private static IEnumerable<Rejection> AgainstAgenda(JointMeeting s, DateTimeOffset now)
    {
        if (now >= s.Content.StartsAt)
            yield return new Rejection("R-M1", "agendaTooLate", new Label(
                "Dagordningen publiceras innan mötet börjar; ett möte utan dagordning ställs in och utlyses på nytt.",
                "The agenda is published before the meeting starts; a meeting without one is cancelled and called anew."), "joint-meetings");
    }

    private static IEnumerable<Rejection> AgainstHolding(JointMeeting s, DateTimeOffset now)
    {
        var started = now >= s.Content.StartsAt;
        if (s.AgendaPublishedAt is null)
            yield return new Rejection("R-M1", "agendaMissing", new Label(
                "Ingen dagordning är publicerad före mötets början.", "No agenda has been published before the start of the meeting."),
                started ? "joint-meetings" : $"joint-meetings/{s.Id}/agendas");
        if (!started)
            yield return new Rejection("R-M1", "notStarted", new Label("Mötet har inte börjat.", "The meeting has not started."));
    }

    private static IEnumerable<Rejection> AgainstParticipants(IReadOnlyList<JointMeetingParticipant> participants, JointMeeting s)
    {
        for (var i = 0; i < participants.Count; i++)
        {
            if (!s.Bodies().Contains(participants[i].Reader))
                yield return new Rejection("R-M2", "notInvited", new Label(
                    "I mötet deltar den som kallat till det och de regioner som är inbjudna.", "The meeting is for whoever called it and the regions invited."),
                    $"joint-meetings/{s.Id}/invitations", $"participants[{i}].reader");
        }
    }

    private static IEnumerable<Rejection> AgainstFollowUps(IReadOnlyList<JointMeetingFollowUp> followUps, JointMeeting s)
    {
        for (var i = 0; i < followUps.Count; i++)
        {
            if (followUps[i].Responsible != Supplier && !s.Bodies().Contains(followUps[i].Responsible))
                yield return Rejection.InField($"followUps[{i}].responsible", "unknownResponsible",
                    "Ansvarig är leverantören, den som kallat till mötet eller en inbjuden region.",
                    "Responsible is the supplier, whoever called the meeting, or a region invited.");
            if (followUps[i].Due < SwedishTime.DateOf(s.Content.StartsAt))
                yield return Rejection.InField($"followUps[{i}].due", "beforeMeeting",
                    "Det som ska följas upp kan inte vara klart före mötet.", "What is to be followed up cannot be due before the meeting.");
        }
    }

    private static Rejection? AgainstMinutes(JointMeeting s) => s.State switch
    {
        JointMeetingState.Held => null,
        JointMeetingState.Cancelled => Cancelled(),
        JointMeetingState.MinutesSent => Lifecycle("minutesAlreadySent",
            "Mötets minnesanteckningar är redan skickade.", "The minutes of the meeting have already been sent."),
        _ => Lifecycle("notHeld", "Mötet är inte hållet.", "The meeting has not been held.", $"joint-meetings/{s.Id}/holdings"),
    };

    private static IEnumerable<Rejection> AgainstReport(int number, JointMeeting s)
    {
        if (number < 1 || number > (s.Minutes?.FollowUps.Count ?? 0))
            yield return Rejection.InField("number", "unknownFollowUp", "Mötet har ingen sådan uppföljningspunkt.", "The meeting has no such follow-up.");
        else if (s.Reports.Any(r => r.Number == number))
            yield return Lifecycle("alreadyReported", "Uppföljningspunkten är redan rapporterad.", "The follow-up has already been reported.");
    }

    private static Rejection Cancelled() => Lifecycle("meetingCancelled", "Mötet är inställt.", "The meeting is cancelled.", "joint-meetings");

    private static Rejection Lifecycle(string reason, string sv, string en, string? metBy = null) =>
        new("jointMeetingLifecycle", reason, new Label(sv, en), metBy);
}
