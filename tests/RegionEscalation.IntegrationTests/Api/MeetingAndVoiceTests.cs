using System.Net;
using System.Text.Json.Nodes;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Meetings about a supplier, and the supplier's voice, as a client meets them.</summary>
public sealed class MeetingAndVoiceTests : KalmarFixture
{
    [Test]
    public async Task A_business_meeting_takes_up_every_contract_that_the_catalogue_has_with_the_supplier()
    {
        const string Number = "556036-0793";
        using var halland = new RegionAtWork(Host, "13", "halland");
        await halland.ContractAsync(Number, "Norrsjö Medicinteknik AB");
        await Kalmar.ContractAsync();
        var second = await Kalmar.ContractAsync(Number, "Norrsjö Medicinteknik AB");
        var id = await Kalmar.CaseAtAsync(0, Number, "Norrsjö Medicinteknik AB");
        var first = (string)(await Kalmar.GetAsync($"cases/{id}")).Body!["contract"]!["number"]!;
        var meeting = $"meetings/{(await Kalmar.DoneAsync(id, "meetings", Meeting("business"))).Body!["meetings"]![0]!["id"]}";

        var missing = await Kalmar.OnCaseAsync(id, $"{meeting}/agendas", Agenda(first));
        Assert.That((missing.Status, missing.Code, missing.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-M2", "contractsMissing")));
        Assert.That((string?)missing.Body!["unmet"]![0]!["message"]!["sv"], Does.EndWith($"dessa saknas: {second}."));

        await Kalmar.DoneAsync(id, $"{meeting}/agendas", Agenda(first, second));
        var early = await Kalmar.OnCaseAsync(id, $"{meeting}/holdings", Holding);
        Assert.That((early.Code, early.Reason), Is.EqualTo(("R-M1", "notStarted")));

        Host.Clock.Move(TimeSpan.FromDays(2));
        var held = await Kalmar.DoneAsync(id, $"{meeting}/holdings", Holding);
        var due = held.Body!["obligations"]!.AsArray().Single(o => (string?)o!["code"] == "minutes")!;
        Assert.That((string?)due["rule"], Is.EqualTo("R-M1"));
        Assert.That((string?)due["href"], Does.EndWith($"{Kalmar.Path}/cases/{id}/{meeting}/minutes"));

        var sent = await Kalmar.DoneAsync(id, $"{meeting}/minutes", new { summary = "Åtgärder överenskomna.", reference = "26RK1024-11", decisions = new[] { new { text = "Veckovis uppföljning." } } });
        Assert.That((string?)sent.Body!["meetings"]![0]!["state"], Is.EqualTo("minutesSent"));
        var cancelled = await Kalmar.OnCaseAsync(id, $"{meeting}/cancellations", new { reason = "Förhinder" });
        Assert.That((cancelled.Code, cancelled.Reason), Is.EqualTo(("meetingLifecycle", "alreadyHeld")));
    }

    [Test]
    public async Task A_region_is_not_invited_to_its_own_meeting()
    {
        var answer = await Kalmar.OnCaseAsync(await Kalmar.CaseAtAsync(0), "meetings", Meeting("jointRegional", "13", "08"));

        Assert.That((answer.Status, (string?)answer.Body!["errors"]?["invitedRegions[1].code"]?[0]?["rule"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "ownRegion")), answer.Text);
    }

    [Test]
    public async Task A_meeting_that_the_case_does_not_have_is_absent()
    {
        var answer = await Kalmar.OnCaseAsync(await Kalmar.CaseAtAsync(0), $"meetings/{Guid.NewGuid()}/agendas", Agenda());

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task The_supplier_is_asked_and_heard_also_when_the_case_is_closed()
    {
        var id = await Kalmar.CaseAtAsync(0);
        var asked = await Kalmar.DoneAsync(id, "comment-requests", new
        {
            subject = "Ärendet",
            sentTo = "Försäljningschef",
            reference = "26RK1024-15",
            sentAt = Host.Clock.GetUtcNow(),
            deadline = $"{Host.Clock.GetUtcNow().AddDays(40):yyyy-MM-dd}",
        });
        var statement = Statement(asked.Body!["commentRequests"]![0]!["id"]!.GetValue<Guid>());
        await Kalmar.DoneAsync(id, "supplier-statements", statement);
        await Kalmar.ClosedAsUnfoundedAsync(id, "contractOwner");

        var closed = await Kalmar.DoneAsync(id, "supplier-statements", statement);

        Assert.That(closed.Body!["supplierStatements"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_review_disputes_the_case_until_a_decider_answers_it()
    {
        var id = await Kalmar.CaseAtAsync(1);
        var requested = await Kalmar.DoneAsync(id, "reviews", new
        {
            contested = "Att ärendet står på steg 1",
            grounds = "Avvikelserna var regionens egna.",
            requestedBy = "Försäljningschef",
            requestedAt = Host.Clock.GetUtcNow(),
        });
        var decisions = $"reviews/{requested.Body!["reviews"]![0]!["id"]}/decisions";

        var refused = await Kalmar.OnCaseAsync(id, decisions, Decision("unitManager"));
        var tooLow = await Kalmar.OnCaseAsync(id, decisions, Decision("contractOwner"), "decider");
        var decided = await Kalmar.DoneAsync(id, decisions, Decision("categoryLead"), "decider");

        Assert.That((requested.Body["disputed"]!.GetValue<bool>(), decided.Body!["disputed"]!.GetValue<bool>()), Is.EqualTo((true, true)), "until the case is where the review says");
        Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((tooLow.Code, tooLow.Reason), Is.EqualTo(("R-D5", "levelTooLow")));
        Assert.That((string?)decided.Body["reviews"]![0]!["decision"]!["outcome"], Is.EqualTo("changed"));
    }

    private static object Holding { get; } = new { participants = new[] { new { function = "Kategoriledare" } } };

    private object Meeting(string kind, params string[] invited) => new
    {
        kind,
        convener = "Kategoriledare",
        startsAt = Host.Clock.GetUtcNow().AddDays(1),
        place = "Digitalt",
        invitedRegions = invited.Select(code => new { code }),
    };

    private static JsonObject Agenda(params string[] contracts) => new()
    {
        ["items"] = new JsonArray(new JsonObject { ["text"] = "Leveransläget" }),
        ["contracts"] = new JsonArray([.. contracts.Select(number => new JsonObject { ["number"] = number })]),
    };

    private object Statement(Guid answering) => new
    {
        text = "Förseningarna beror på en brand i lagret.",
        submittedBy = "Försäljningschef",
        receivedAt = Host.Clock.GetUtcNow(),
        commentRequestId = answering,
    };

    private static object Decision(string level) => new { outcome = "changed", motivation = RegionAtWork.Motivation, decidedBy = new { function = "Regiondirektör", level }, toStep = 0 };
}
