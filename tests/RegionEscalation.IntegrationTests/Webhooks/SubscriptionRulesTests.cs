using RegionEscalation.Feeds;

namespace RegionEscalation.IntegrationTests.Webhooks;

/// <summary>The rules of subscriptions, without a database.</summary>
public sealed class SubscriptionRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 30, 0, TimeSpan.Zero);
    private static readonly FeedReader Reader = new("08", "kalmar-integrator", "directory", null);
    private static readonly SubscriptionContent Content = new("https://integration.region.example/webhooks", null, ["a"]);
    private static readonly SubscriptionContext Context = new(["a", "b"], AllowLoopback: false, Now);

    private static Subscription Active { get; } = SubscriptionRules.Activate(SubscriptionRules.Subscribe(Guid.NewGuid(), Reader, Content, null, 0, Context).After!, Now).After!;

    [TestCase("https://integration.region.example")]
    [TestCase("https://integration.region.example:8443/a/b?c=d%20e")]
    [TestCase("https://1.1.1.1/x")]
    [TestCase("https://[2606:4700:4700::1111]/x")]
    [TestCase("HTTPS://Integration.Region.Example/@path")]
    public void An_address_may_be(string url) => Assert.That(Subscribe(url).Rejections, Is.Empty);

    [TestCase("", "notAbsolute")]
    [TestCase("integration.region.example/x", "notAbsolute")]
    [TestCase("/x", "notAbsolute")]
    [TestCase("//integration.region.example/x", "notHttps")]
    [TestCase("https:///x", "notAbsolute")]
    [TestCase("https://", "notAbsolute")]
    [TestCase("https://a b.example/", "notAbsolute")]
    [TestCase("https://a.example/\r\nX: y", "notAbsolute")]
    [TestCase("https:\\\\a.example/", "notAbsolute")]
    [TestCase("https://räksmörgås.example/", "notAbsolute")]
    [TestCase("http://integration.region.example/", "notHttps")]
    [TestCase("ftp://integration.region.example/", "notHttps")]
    [TestCase("file:///etc/passwd", "notAbsolute")]
    [TestCase("javascript:alert(1)", "notAbsolute")]
    [TestCase("https://user@a.example/", "userInfo")]
    [TestCase("https://user:secret@a.example/", "userInfo")]
    [TestCase("https://@a.example/", "userInfo")]
    [TestCase("https://a.example/#", "fragment")]
    [TestCase("https://a.example/#b", "fragment")]
    [TestCase("https://localhost/", "notPublic")]
    [TestCase("https://localhost./", "notPublic")]
    [TestCase("https://intranet/", "notPublic")]
    [TestCase("https://intranet.:8443/", "notPublic")]
    [TestCase("https://127.0.0.1/", "notPublic")]
    [TestCase("https://2130706433/", "notPublic")]
    [TestCase("https://0x7f.1/", "notPublic")]
    [TestCase("https://10.1.2.3/", "notPublic")]
    [TestCase("https://192.168.0.1/", "notPublic")]
    [TestCase("https://169.254.169.254/", "notPublic")]
    [TestCase("https://[::1]/", "notPublic")]
    [TestCase("https://[::ffff:10.0.0.1]/", "notPublic")]
    [TestCase("https://[fe80::1]/", "notPublic")]
    [TestCase("https://[fd00::1]/", "notPublic")]
    public void An_address_may_not_be(string url, string reason) => Assert.That(Reasons(Subscribe(url)), Is.EqualTo(new[] { $"webhook {reason} url" }));

    [Test]
    public void An_address_has_two_thousand_characters_at_most()
    {
        const string Start = "https://a.example/";

        Assert.That(Subscribe(Start + new string('x', 2000 - Start.Length)).Rejections, Is.Empty);
        Assert.That(Reasons(Subscribe(Start + new string('x', 2001 - Start.Length))), Is.EqualTo(new[] { "webhook notAbsolute url" }));
    }

    [TestCase("http://127.0.0.1:5000/x", true)]
    [TestCase("http://localhost:5000/x", true)]
    [TestCase("https://[::1]/x", true)]
    [TestCase("https://10.0.0.1/x", false)]
    [TestCase("ftp://127.0.0.1/x", false)]
    public void Where_loopback_is_allowed_that_is_all_that_is(string url, bool allowed) => Assert.That(
        SubscriptionRules.Subscribe(Guid.NewGuid(), Reader, Content with { Url = url }, null, 0, Context with { AllowLoopback = true }).After is not null, Is.EqualTo(allowed));

    [Test]
    public void It_begins_pending_with_what_comes_from_now_on()
    {
        var made = SubscriptionRules.Subscribe(Guid.NewGuid(), Reader, Content, null, 19, Context).After!;

        Assert.That((made.State, made.Version, made.SecretGeneration, made.ReadUntil, made.Reader), Is.EqualTo((SubscriptionState.Pending, 1L, 1, Now, Reader)));
        Assert.That(SubscriptionRules.Subscribe(Guid.NewGuid(), Reader, Content, Now.AddDays(-3), 0, Context).After!.ReadUntil, Is.EqualTo(Now.AddDays(-3)));
    }

    [Test]
    public void Everything_that_stands_against_it_is_said_at_once() => Assert.That(
        Reasons(SubscriptionRules.Subscribe(Guid.NewGuid(), Reader, new("http://a.example", null, ["a", "c", "a"]), Now.AddTicks(10), 20, Context)),
        Is.EqualTo(new[] { "webhook notHttps url", "webhook unknownType types", "webhook typeTwice types", "field inTheFuture since", "webhook tooMany " }));

    [Test]
    public void Another_address_alone_is_verified_anew()
    {
        var failing = Active with { FailingSince = Now };
        var described = SubscriptionRules.Change(failing, Content with { Description = "x", Types = [] }, Context).After!;
        var moved = SubscriptionRules.Change(failing, Content with { Url = "https://b.example/" }, Context).After!;

        Assert.That((described.State, described.VerifiedAt, described.FailingSince, described.Version), Is.EqualTo((SubscriptionState.Active, (DateTimeOffset?)Now, (DateTimeOffset?)Now, failing.Version + 1)));
        Assert.That((moved.State, moved.VerifiedAt, moved.FailingSince), Is.EqualTo((SubscriptionState.Pending, (DateTimeOffset?)null, (DateTimeOffset?)null)));
        Assert.That(SubscriptionRules.Change(failing, Content, Context).After, Is.SameAs(failing));
    }

    [Test]
    public void A_secret_is_not_rotated_while_the_one_before_it_still_signs()
    {
        var rotated = SubscriptionRules.Rotate(Active, TimeSpan.FromHours(1), Now).After!;

        Assert.That((rotated.SecretGeneration, rotated.PreviousUntil), Is.EqualTo((2, (DateTimeOffset?)Now.AddHours(1))));
        Assert.That(rotated.SigningGenerations(Now), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(Reasons(SubscriptionRules.Rotate(rotated, TimeSpan.FromHours(1), Now.AddHours(1).AddTicks(-10))), Is.EqualTo(new[] { "webhook previousStillSigns " }));
        Assert.That(SubscriptionRules.Rotate(rotated, TimeSpan.FromHours(1), Now.AddHours(1)).After!.SecretGeneration, Is.EqualTo(3));
    }

    [Test]
    public void A_secret_that_has_leaked_signs_no_more_from_now_on_nor_does_the_one_before_it()
    {
        var rotated = SubscriptionRules.Rotate(Active, TimeSpan.FromHours(1), Now).After!;
        var again = SubscriptionRules.Rotate(rotated, TimeSpan.Zero, Now.AddMinutes(1)).After!;

        Assert.That(again.SigningGenerations(Now.AddMinutes(1)), Is.EqualTo(new[] { 3 }));
        Assert.That(SubscriptionRules.Rotate(Active, TimeSpan.Zero, Now).After!.SigningGenerations(Now), Is.EqualTo(new[] { 2 }));
        Assert.That(SubscriptionRules.Rotate(again, TimeSpan.FromHours(1), Now.AddMinutes(1)).After!.SigningGenerations(Now.AddMinutes(1)), Is.EqualTo(new[] { 4, 3 }), "an ordinary one may follow");
    }

    [Test]
    public void A_verification_holds_for_ninety_days_and_another_renews_it_while_it_does()
    {
        var renewed = SubscriptionRules.Activate(Active, Now.AddDays(80)).After!;

        Assert.That((Active.RenewBefore, renewed.RenewBefore, renewed.State), Is.EqualTo(((DateTimeOffset?)Now.AddDays(90), (DateTimeOffset?)Now.AddDays(170), SubscriptionState.Active)));
        Assert.That(new[] { 0, 89.99, 90 }.Select(days => SubscriptionRules.HasLapsed(Active, Now.AddDays(days))), Is.EqualTo(new[] { false, false, true }));
        Assert.That(SubscriptionRules.HasLapsed(renewed, Now.AddDays(90)), Is.False);
        Assert.That(SubscriptionRules.HasLapsed(Active with { State = SubscriptionState.Pending, VerifiedAt = null }, Now.AddDays(900)), Is.False);
    }

    [Test]
    public void Somebody_is_told_of_what_is_disabled_or_fails_for_a_day_and_two_weeks_before_a_verification_lapses()
    {
        static string Told(Subscription s, double days) => SubscriptionRules.ToSeeTo(s, Now.AddDays(days)) is var (kind, since) ? $"{kind} {(since - Now).TotalDays}" : "";

        Assert.That(new[] { 0, 75.99, 76, 95 }.Select(days => Told(Active, days)), Is.EqualTo(new[] { "", "", "WebhookLapsing 76", "WebhookLapsing 76" }));
        Assert.That(new[] { 79, 80.99, 81 }.Select(days => Told(Active with { FailingSince = Now.AddDays(80) }, days)), Is.EqualTo(new[] { "WebhookLapsing 76", "WebhookLapsing 76", "WebhookFailing 80" }));
        Assert.That(Told(Active with { State = SubscriptionState.Disabled, DisabledAt = Now.AddDays(90) }, 91), Is.EqualTo("WebhookDisabled 90"));
        foreach (var state in new[] { SubscriptionState.Pending, SubscriptionState.Ended })
            Assert.That(Told(Active with { State = state, FailingSince = Now }, 100), Is.Empty);
    }

    [Test]
    public void Nothing_more_becomes_of_one_that_has_ended()
    {
        var ended = SubscriptionRules.End(Active, Now).After!;

        Assert.That(ended.State, Is.EqualTo(SubscriptionState.Ended));
        foreach (var decision in new[]
        {
            SubscriptionRules.Change(ended, Content, Context), SubscriptionRules.End(ended, Now), SubscriptionRules.Rotate(ended, TimeSpan.FromHours(1), Now), SubscriptionRules.Activate(ended, Now),
        })
            Assert.That(Reasons(decision), Is.EqualTo(new[] { "webhook ended " }));
        Assert.That(SubscriptionRules.Redeliver(ended, null, Now).Select(r => r.Reason), Is.EqualTo(new[] { "ended" }));
        Assert.That(SubscriptionRules.Redeliver(Active, Now, Now), Is.Empty);
    }

    [Test]
    public void Time_does_not_run_backwards_on_a_host_whose_clock_does() =>
        Assert.That(SubscriptionRules.End(Active, Now.AddHours(-1)).After!.UpdatedAt, Is.EqualTo(Active.UpdatedAt));

    [TestCase("challenge", "challengeNotEchoed")]
    [TestCase("timeout", "timeout")]
    [TestCase("notPublic", "notPublic")]
    [TestCase("unreachable", "unreachable")]
    [TestCase("redirect", "redirect")]
    [TestCase("tls", "tls")]
    public void Why_an_endpoint_could_not_be_verified_is_said_in_both_languages(string error, string reason)
    {
        var rejection = SubscriptionRules.NotVerified(error);

        Assert.That((rejection.Code, rejection.Reason), Is.EqualTo(("webhook", reason)));
        Assert.That(rejection.Message.Sv, Is.Not.Empty.And.Not.EqualTo(rejection.Message.En));
    }

    private static SubscriptionDecision Subscribe(string url) => SubscriptionRules.Subscribe(Guid.NewGuid(), Reader, Content with { Url = url }, null, 0, Context);

    private static string[] Reasons(SubscriptionDecision decision)
    {
        Assert.That(decision.After, Is.Null);
        return [.. decision.Rejections.Select(r => $"{r.Code} {r.Reason} {r.Field}")];
    }
}
