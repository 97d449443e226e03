using RegionEscalation.Domain.Cases.Records;
using RegionEscalation.Domain.Ladder;
using RegionEscalation.Domain.National;
using RegionEscalation.Http;

namespace RegionEscalation.NationalApi;

/// <summary>The examples in the OpenAPI document.</summary>
internal static class Examples
{
    private const string Site = "https://region-escalation.example/national/v1";
    private static readonly Guid CaseId = Guid.Parse("019cadb4-2f20-7000-8000-000000000001");
    private static readonly Guid MeetingId = Guid.Parse("019cadb4-2f20-7000-8000-000000000021");

    public static NationalCase Case { get; } = new(
        new NotifyingRegion("08", "Region Kalmar län"),
        CaseId,
        new NationalSupplier(Guid.Parse("019cadb4-2f20-7000-8000-000000000005"), "5560160680", "Exempel Sjukvårdsmaterial AB"),
        "Sjukvårdsmaterial",
        "2026",
        3,
        new Text("Handlingsplan utan avsedd effekt", "Action plan without the intended effect"),
        new DateTimeOffset(2026, 5, 11, 13, 0, 0, TimeSpan.Zero),
        Trigger.PlanWithoutEffect,
        null,
        false,
        false,
        false,
        "avtal@region.example",
        new DateTimeOffset(2029, 5, 4, 9, 0, 0, TimeSpan.Zero),
        new NationalNoticeSummary(Guid.Parse("019cadb4-2f20-7000-8000-000000000011"), 1, NoticeKind.Initial, new DateTimeOffset(2026, 5, 19, 8, 0, 0, TimeSpan.Zero), false, false),
        null,
        [new CourseEntry(3, new DateTimeOffset(2026, 5, 11, 13, 0, 0, TimeSpan.Zero), Trigger.PlanWithoutEffect, null, null)],
        ["08", "13"],
        null,
        new NationalCaseLinks(new Link($"{Site}/cases/08/{CaseId}"), new Link($"{Site}/suppliers/5560160680")));

    public static PagedResponse<NationalCase> CasePage { get; } = PageOf("cases", Case with { Course = null, RegionsConcerned = null });

    public static Acknowledgement Acknowledgement { get; } = new(
        Case.Notice!.Id, "region:13", new DateTimeOffset(2026, 5, 19, 12, 30, 0, TimeSpan.Zero), "Upphandlingschef");

    public static NoticeAcknowledgements Acknowledgements { get; } = new(
        Case.Notice!.Id, 1, NoticeKind.Initial, Case.Notice.IssuedAt, new DateTimeOffset(2026, 5, 22, 22, 0, 0, TimeSpan.Zero),
        [new RecipientStatus("region:13", Acknowledgement.AcknowledgedAt, Acknowledgement.AcknowledgedBy)]);

    public static JointMeetingRequest CallJointMeeting { get; } = new(
        new MeetingSupplierRequest("5560160680"), "Kategoriledare", new DateTimeOffset(2036, 6, 9, 8, 0, 0, TimeSpan.Zero), "Digitalt", [new InvitedRegionRequest("13")]);

    public static JointMeetingResponse JointMeeting { get; } = JointMeetingResponse.From(
        new JointMeeting
        {
            Id = MeetingId,
            Version = 2,
            CalledBy = "region:08",
            Content = new JointMeetingContent(new JointMeetingSupplier("5560160680", null), "Kategoriledare", CallJointMeeting.StartsAt, "Digitalt"),
            InvitedRegions = ["13"],
            State = JointMeetingState.AgendaPublished,
            Agenda = ["Leveransläget per region", "Gemensam uppföljning"],
            AgendaPublishedAt = new DateTimeOffset(2026, 5, 21, 8, 0, 0, TimeSpan.Zero),
            CalledAt = new DateTimeOffset(2026, 5, 20, 8, 0, 0, TimeSpan.Zero),
            UpdatedAt = new DateTimeOffset(2026, 5, 21, 8, 0, 0, TimeSpan.Zero),
        },
        new DateTimeOffset(2026, 5, 21, 8, 0, 0, TimeSpan.Zero), new Link($"{Site}/joint-meetings/{MeetingId}"));

    public static PagedResponse<JointMeetingResponse> JointMeetingPage { get; } = PageOf("joint-meetings", JointMeeting);

    public static NationalNotice Notice { get; } = new(
        Case.Region, CaseId, Case.Notice!.Id, 1, NoticeKind.Initial, Case.Notice.IssuedAt, false, Case.NoticeExpiresAt!.Value,
        new NationalNoticePayload(Case.Supplier, Case.Category, Case.Ladder, Case.Step, Case.StepEvent, Case.StepSince, Case.Trigger, null, false, false, Case.ResponsibleAddress));

    public static PagedResponse<InboxItem> InboxPage { get; } = PageOf("inbox", new InboxItem(
        "region:13", Notice.Region, CaseId, Notice.NoticeId, Notice.Number, Notice.Kind, Notice.IssuedAt, Notice.Provisional, Notice.ExpiresAt, Notice.Payload,
        new DateTimeOffset(2026, 5, 20, 7, 30, 0, TimeSpan.Zero), "Inköpsjour", false, new InboxLinks(Case.Links.Supplier)));

    public static NationalSupplierStatus Supplier { get; } = new(
        "5560160680", "Exempel Sjukvårdsmaterial AB", 3, 1, [Case with { Course = null, RegionsConcerned = null }], [Notice], [],
        [new SupplierCourseEntry("08", CaseId, 3, Case.StepSince, Trigger.PlanWithoutEffect, null, null)], ["08", "13"]);

    public static PagedResponse<NationalSupplierSummary> SupplierPage { get; } = PageOf("suppliers", new NationalSupplierSummary(
        null, "5560160680", "Exempel Sjukvårdsmaterial AB", 3, 1, 1, 0, 1, new NationalSupplierLinks(Case.Links.Supplier)));

    public static StatisticsResponse Statistics { get; } = new(new DateOnly(2025, 6, 1), new DateOnly(2026, 5, 31), new NationalStatistics(
        Steps(14, 7, null),
        [new CategoryFigures("Sjukvårdsmaterial", Steps(9, 6, null))],
        [new RegionFigures("08", Steps(8, null, null))],
        [new TimeInStep(3, Figure.Of(11), Figure.Of(63.5m)), new TimeInStep(4, Figure.Of(6), Figure.Of(88)), new TimeInStep(5, Figure.None, Figure.None)],
        new WayBackFigures(Figure.Of(12), Figure.None),
        [new TreatmentFigures(Trigger.PlanWithoutEffect, 3, Figure.Of(16), Figure.Of(58))]));

    public static PagedResponse<AccessLogItem> AccessLogPage { get; } = PageOf("access-log", new AccessLogItem(
        Guid.Parse("019cadb4-2f20-7000-8000-000000000021"), new DateTimeOffset(2026, 5, 20, 7, 30, 0, TimeSpan.Zero), "halland-reader", "5e2d9b74-1c83-4f0a-b6e7-8d4a2f9c0013",
        ["region:13"], ["Reader"], "contractFollowUp", "getCase", $"region=08&case={CaseId}", new AccessedObject("08", "case", CaseId), "T0", null));

    public static CloudEvent<NationalChange> Change { get; } = new(
        Guid.Parse("019cadb4-2f20-7000-8000-000000000031"), "/national/v1", NationalChanges.CaseAppeared, $"cases/08/{CaseId}", Case.StepSince, new NationalChange(
            Case.Region, CaseId, null, null, new ChangedCase(
                Case.Supplier, Case.Category, Case.Ladder, Case.Step, Case.StepEvent, Case.StepSince, Case.Trigger, null, false, false, Case.ResponsibleAddress, true, null),
            null, null, null));

    public static FeedResponse<NationalChange> ChangePart { get; } = new([Change], new FeedLinks(
        new Link($"{Site}/changes?limit=100"), new Link($"{Site}/changes?limit=100&cursor=…")));

    private static PagedResponse<T> PageOf<T>(string path, T item) => new([item], new PageMeta(1, 20, 1, 1),
        new PageLinks(new Link($"{Site}/{path}?limit=20&page=1"), new Link($"{Site}/{path}?limit=20&page=1"), new Link($"{Site}/{path}?limit=20&page=1")));

    private static StepFigure[] Steps(params int?[] numbers) => [.. numbers.Select((n, i) => new StepFigure(i + 3, n is { } number ? Figure.Of(number) : Figure.None))];
}
