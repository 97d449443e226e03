using System.Text;
using System.Text.Json;
using RegionEscalation.Feeds;

namespace RegionEscalation.IntegrationTests.Webhooks;

public sealed class WebhookSignatureTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static readonly WebhookSecrets Secrets = new(new PlatformKey([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));

    [Test]
    public void It_is_the_one_of_the_specifications_test_vector() => Assert.That(
        WebhookSignature.Of("msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), """{"test": 2432232314}"""u8,
            [Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]),
        Is.EqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));

    [Test]
    public async Task An_independent_implementation_accepts_it_with_the_new_secret_and_the_old_and_nothing_else()
    {
        var subscription = Guid.CreateVersion7();
        var message = Sign(subscription, "åäö {\"a\":1}", 2, 1);
        string Secret(int generation) => Secrets.Shown("escalation", "08", subscription, generation);

        var verdicts = await IndependentReceiver.JudgeAsync(
        [
            (Secret(2), message),
            (Secret(1), message),
            (Secret(3), message),
            (Secret(2), message with { Body = message.Body + " " }),
            (Secret(2), message with { Headers = new(message.Headers) { ["webhook-id"] = Guid.NewGuid().ToString() } }),
            (Secret(2), message with { Headers = new(message.Headers) { ["webhook-timestamp"] = "1614265330" } }),
        ]);

        Assert.That(verdicts.Select(v => v == "ok"), Is.EqualTo(new[] { true, true, false, false, false, false }), string.Join('\n', verdicts));
        Assert.That(message.Headers["webhook-signature"].Split(' '), Has.Length.EqualTo(2));
        Assert.That(message.Headers["webhook-signature"], Does.StartWith(Sign(subscription, "åäö {\"a\":1}", 2).Headers["webhook-signature"] + " "), "the newest first");
    }

    [Test]
    public void Secrets_are_the_same_everywhere_and_differ_by_feed_owner_subscription_generation_and_key()
    {
        var id = Guid.CreateVersion7();
        string[] different =
        [
            Secrets.Shown("escalation", "08", id, 1),
            Secrets.Shown("national", "08", id, 1),
            Secrets.Shown("escalation", "13", id, 1),
            Secrets.Shown("escalation", "08", Guid.CreateVersion7(), 1),
            Secrets.Shown("escalation", "08", id, 2),
            new WebhookSecrets(new PlatformKey(new byte[32])).Shown("escalation", "08", id, 1),
        ];

        Assert.Multiple(() =>
        {
            Assert.That(different, Is.Unique);
            Assert.That(Secrets.Shown("escalation", "08", id, 1), Is.EqualTo(different[0]));
            Assert.That(different[0], Does.StartWith("whsec_"));
            Assert.That(Convert.FromBase64String(different[0]["whsec_".Length..]), Is.EqualTo(Secrets.Key("escalation", "08", id, 1)).And.Length.EqualTo(32));
        });
    }

    private static Received Sign(Guid subscription, string text, params int[] generations)
    {
        const string id = "01a1ffe1-57d2-7168-91dc-5d23a8df5baf";
        var body = JsonSerializer.Serialize(new { text });
        return new("/", new()
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = WebhookSignature.Seconds(Now),
            ["webhook-signature"] = WebhookSignature.Of(id, Now, Encoding.UTF8.GetBytes(body), generations.Select(g => Secrets.Key("escalation", "08", subscription, g))),
        }, body);
    }
}
