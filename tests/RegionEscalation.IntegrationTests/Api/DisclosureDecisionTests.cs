using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using RegionEscalation.Domain;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>Utlämnandebeslut as a client meets them (R-N5).</summary>
public sealed class DisclosureDecisionTests : KalmarFixture
{
    private const string Resource = "disclosure-decisions";
    private Guid _informed;

    private protected override async Task SeedAsync()
    {
        _informed = await Kalmar.CaseAtAsync(3);
        await Kalmar.InformAsync(_informed);
    }

    [Test]
    public async Task A_summary_is_disclosed_under_a_decision_until_it_is_revoked()
    {
        var id = await Kalmar.CaseAtAsync(3);
        var early = await DecideAsync(id, Decision());
        await Kalmar.InformAsync(id);
        var granted = RegionAtWork.Succeeded(await DecideAsync(id, Decision()));
        var decision = granted.Body!["disclosureDecisions"]![0]!;
        var register = await RegisterAsync(id);
        var revocation = $"{Resource}/{decision["id"]}/revocations";
        var terse = await Kalmar.OnCaseAsync(id, revocation, Revocation("Slut."), "decider");
        var revoked = await Kalmar.DoneAsync(id, revocation, Revocation(RegionAtWork.Motivation), "decider");
        var twice = await Kalmar.OnCaseAsync(id, revocation, Revocation(RegionAtWork.Motivation), "decider");

        Assert.Multiple(async () =>
        {
            Assert.That((early.Status, early.Code, early.Reason), Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-N5", "noNotice")));
            Assert.That((string?)early.Body!["unmet"]![0]!["href"], Does.EndWith($"/cases/{id}/notices"));
            Assert.That(((string?)decision["content"]!["recipient"], (string?)decision["content"]!["basis"], decision["revokedBecause"]), Is.EqualTo(("region:13", "osl1015a5", (JsonNode?)null)));
            Assert.That(register, Is.EqualTo("region:13, a summary"));
            Assert.That((terse.Code, terse.Reason, (string?)terse.Body!["unmet"]![0]!["field"]), Is.EqualTo(("R-N5", "motivationTooShort", "reason")));
            Assert.That((string?)revoked.Body!["disclosureDecisions"]![0]!["revokedBecause"], Is.EqualTo(RegionAtWork.Motivation));
            Assert.That(await RegisterAsync(id), Is.EqualTo(", no summary"));
            Assert.That((twice.Code, twice.Reason), Is.EqualTo(("disclosureLifecycle", "notInForce")));
        });
    }

    [Test]
    public async Task A_refusal_is_recorded_and_discloses_nothing()
    {
        var id = await Kalmar.CaseAtAsync(3);
        await Kalmar.InformAsync(id);
        var body = Decision();
        (body["outcome"], body["basis"]) = ("refused", "notSecret");
        var dated = await DecideAsync(id, body);
        body.Remove("expiresOn");
        var refused = RegionAtWork.Succeeded(await DecideAsync(id, body));

        Assert.That((string?)dated.Body!["errors"]?["expiresOn"]?[0]?["rule"], Is.EqualTo("onlyWhenGranted"), dated.Text);
        Assert.That((string?)refused.Body!["disclosureDecisions"]![0]!["content"]!["outcome"], Is.EqualTo("refused"));
        Assert.That(await RegisterAsync(id), Is.EqualTo(", no summary"));
    }

    [TestCase("region:13", "osl1015a5", "31:16", "region:13")]
    [TestCase("regionsConcerned", "osl1027", "19:3", "regionsConcerned")]
    [TestCase("coordination", "consent", "31:16", "coordination")]
    [TestCase("nationalOffice", "notSecret", "-31:16", "nationalOffice")]
    [TestCase("partner:adda", "consent", "31:16", "partner:adda")]
    [TestCase("supplier", "supplierItself", "31:16", "supplier:5560160680")]
    public async Task Every_kind_of_recipient_has_a_basis_that_holds(string recipient, string basis, string rules, string stored)
    {
        var id = await Kalmar.CaseAtAsync(3);
        await Kalmar.InformAsync(id);

        RegionAtWork.Succeeded(await DecideAsync(id, Decision(recipient, basis, rules)));

        Assert.That(await RegisterAsync(id), Is.EqualTo($"{stored}, a summary"));
    }

    [TestCase("region:13", "notSecret", "31:16", "En sekretessbestämmelse gäller")]
    [TestCase("partner:adda", "osl1015a5", "31:16", "gäller mellan myndigheter")]
    [TestCase("coordination", "osl1015a5", "31:16", "gäller mellan myndigheter")]
    [TestCase("nationalOffice", "osl1027", "31:16", "gäller mellan myndigheter")]
    [TestCase("supplier", "osl1027", "31:16", "gäller mellan myndigheter")]
    [TestCase("region:13", "osl1015a5", "-31:16 19:3", "bryter bara sekretess enligt 21–40 kap.")]
    [TestCase("region:13", "osl1015a5", "25:1", "är undantagen från 10 kap. 15 a och 27 §§")]
    [TestCase("regionsConcerned", "osl1027", "24:8", "är undantagen från 10 kap. 15 a och 27 §§")]
    [TestCase("partner:adda", "consent", "19:3", "kan leverantören inte råda över")]
    [TestCase("supplier", "supplierItself", "19:9", "kan leverantören inte råda över")]
    [TestCase("region:13", "supplierItself", "31:16", "gäller leverantören själv")]
    public async Task A_basis_that_the_law_rules_out_is_refused(string recipient, string basis, string rules, string why)
    {
        var answer = await DecideAsync(_informed, Decision(recipient, basis, rules));

        Assert.That((answer.Status, answer.Code, answer.Reason, (string?)answer.Body!["unmet"]![0]!["field"]),
            Is.EqualTo((HttpStatusCode.UnprocessableEntity, "R-N5", "basisRuledOut", "basis")), answer.Text);
        Assert.That((string?)answer.Body["unmet"]![0]!["message"]!["sv"], Does.Contain(why));
    }

    [TestCase("secrecyRules", "[]", "secrecyRules", "secrecyNotConsidered")]
    [TestCase("expiresOn", "null", "expiresOn", "endMissing")]
    [TestCase("expiresOn", "-1", "expiresOn", "endOutOfBounds")]
    [TestCase("expiresOn", "370", "expiresOn", "endOutOfBounds")]
    [TestCase("interestBalance", "\"Vägt.\"", "interestBalance", "motivationTooShort")]
    [TestCase("decidedBy", """{ "function": "Kejsare", "level": "emperor" }""", "decidedBy.level", "decisionLevelUnknown")]
    public async Task What_a_rule_asks_for_is_said_with_its_field(string name, string json, string field, string reason)
    {
        var body = Decision();
        body[name] = int.TryParse(json, CultureInfo.InvariantCulture, out var days) ? Day(days) : JsonNode.Parse(json);

        var answer = await DecideAsync(_informed, body);

        Assert.That((answer.Status, answer.Reason, (string?)answer.Body!["unmet"]![0]!["field"]), Is.EqualTo((HttpStatusCode.UnprocessableEntity, reason, field)), answer.Text);
    }

    [TestCase("recipient", """{ "kind": "region" }""", "recipient.code", "required")]
    [TestCase("recipient", """{ "kind": "partner" }""", "recipient.code", "required")]
    [TestCase("recipient", """{ "kind": "coordination", "code": "13" }""", "recipient.code", "onlyForRegionOrPartner")]
    [TestCase("recipient", """{ "kind": "supplier", "code": "5560160680" }""", "recipient.code", "onlyForRegionOrPartner")]
    [TestCase("recipient", """{ "kind": "regionsConcerned", "code": "13" }""", "recipient.code", "onlyForRegionOrPartner")]
    [TestCase("recipient", """{ "kind": "nationalOffice", "code": "x" }""", "recipient.code", "onlyForRegionOrPartner")]
    [TestCase("recipient", """{ "kind": "region", "code": "99" }""", "recipient", "unknownRecipient")]
    [TestCase("recipient", """{ "kind": "partner", "code": "ADDA" }""", "recipient", "unknownRecipient")]
    [TestCase("recipient", """{ "kind": "region", "code": "08" }""", "recipient", "ownRegion")]
    [TestCase("recipient", """{ "kind": "auditor" }""", "recipient.kind", null)]
    [TestCase("recipient", """{ "kind": "partner", "code": "a-code-longer-than-thirty-two-characters" }""", "recipient.code", "length")]
    [TestCase("secrecyRules", """[{ "chapter": 14, "section": 1, "applies": false }]""", "secrecyRules[0]", "noSecrecyRule")]
    [TestCase("secrecyRules", """[{ "chapter": 0, "section": 1, "applies": false }]""", "secrecyRules[0].chapter", "range")]
    [TestCase("secrecyRules", """[{ "chapter": 19, "section": 100, "applies": false }]""", "secrecyRules[0].section", "range")]
    [TestCase("secrecyRules", """[{ "chapter": 19, "section": 3 }]""", "secrecyRules[0].applies", null)]
    [TestCase("basis", "\"goodwill\"", "basis", null)]
    [TestCase("outcome", "\"maybe\"", "outcome", null)]
    [TestCase("interestBalance", "\"  \"", "interestBalance", "length")]
    public async Task Bad_input_is_refused_with_its_field(string name, string json, string field, string? rule)
    {
        var body = Decision(basis: "notSecret", rules: "-31:16");
        body[name] = JsonNode.Parse(json);

        var answer = await DecideAsync(_informed, body);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity), answer.Text);
        Assert.That(answer.Body!["errors"]!.AsObject().Select(e => e.Key), Is.EqualTo(new[] { field }), answer.Text);
        if (rule is not null)
            Assert.That((string?)answer.Body["errors"]![field]![0]!["rule"], Is.EqualTo(rule), answer.Text);
    }

    [Test]
    public async Task A_decision_that_the_case_does_not_have_is_absent() => Assert.That(
        (await Kalmar.OnCaseAsync(_informed, $"{Resource}/{Guid.NewGuid()}/revocations", Revocation(RegionAtWork.Motivation), "decider")).Status, Is.EqualTo(HttpStatusCode.NotFound));

    private Task<Answer> DecideAsync(Guid id, JsonNode body) => Kalmar.OnCaseAsync(id, Resource, body, "decider");

    /// <param name="recipient">The kind, with the code after a colon.</param>
    /// <param name="rules">Chapter and section; with a hyphen before those that do not apply.</param>
    private JsonObject Decision(string recipient = "region:13", string basis = "osl1015a5", string rules = "31:16")
    {
        var (kind, code) = recipient.Split(':') is [var k, var c] ? (k, c) : (recipient, null);
        var to = new JsonObject { ["kind"] = kind };
        if (code is not null)
            to["code"] = code;
        return new JsonObject
        {
            ["outcome"] = "granted",
            ["recipient"] = to,
            ["basis"] = basis,
            ["secrecyRules"] = new JsonArray([.. rules.Split(' ').Select(r => r.TrimStart('-').Split(':')).Zip(rules.Split(' '), (r, text) => new JsonObject
            {
                ["chapter"] = int.Parse(r[0], CultureInfo.InvariantCulture),
                ["section"] = int.Parse(r[1], CultureInfo.InvariantCulture),
                ["applies"] = !text.StartsWith('-'),
            })]),
            ["interestBalance"] = "Regionen har avtal med samma leverantör; intresset av att förebygga brister väger över.",
            ["expiresOn"] = Day(90),
            ["decidedBy"] = new JsonObject { ["function"] = "Inköpschef", ["level"] = "headOfPurchasing" },
        };
    }

    private static object Revocation(string reason) => new { reason, decidedBy = Bodies.By("headOfPurchasing") };

    /// <summary>Whom the register discloses the case's summary to, and whether it is there.</summary>
    private async Task<string> RegisterAsync(Guid id) => (string)(await Host.Database.ScalarAsync(
        """
        SELECT coalesce((SELECT string_agg(recipient, ' ') FROM national_disclosures WHERE case_id = $1), '')
            || CASE WHEN EXISTS (SELECT FROM national_summaries WHERE case_id = $1) THEN ', a summary' ELSE ', no summary' END
        """, id))!;

    private string Day(int days) => SwedishTime.DateOf(Host.Clock.GetUtcNow()).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
