using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using RegionEscalation.Http;
using RegionEscalation.IntegrationTests.Webhooks;

namespace RegionEscalation.IntegrationTests.Api;

/// <summary>The national feed by webhook, from the subscription to the signed message.</summary>
public sealed class NationalWebhookTests
{
    [Test]
    public async Task The_group_is_sent_a_case_at_step_3_with_what_it_may_see_and_the_reading_is_logged_as_its_own()
    {
        await using var register = await RegisterAtWork.StartAsync(new() { ["Webhooks:AllowLoopback"] = "true" });
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (message, http) =>
        {
            if (message.Event["data"]?["challenge"] is { } challenge)
            {
                http.Response.StatusCode = 200;
                await http.Response.WriteAsJsonAsync(new { challenge = challenge.ToString() });
            }
        };
        using var http = register.Host.ClientOf("national-coordinator");
        http.DefaultRequestHeaders.Add(EndpointConventions.PurposeHeader, "nationalCoordination");
        using var made = await http.PostAsJsonAsync("/national/v1/webhook-subscriptions", new { url = receiver.Url() });
        var subscription = RegionAtWork.Succeeded(await Answer.OfAsync(made));
        using var verification = new HttpRequestMessage(HttpMethod.Post, $"{subscription.Location}/verifications");
        verification.Headers.TryAddWithoutValidation("If-Match", subscription.ETag);
        using var verified = await http.SendAsync(verification);
        RegionAtWork.Succeeded(await Answer.OfAsync(verified));

        await register.CaseAsync("08", 2);
        var id = await register.CaseAsync("08", 3);
        await register.Host.SettledAsync();
        var deadline = DateTime.UtcNow + FeedFollower.Deadline;
        while (receiver.Accepted.Count < 2 || await register.Host.Database.ScalarAsync("SELECT count(*) FROM national_webhook_deliveries WHERE state = 'delivered'") is not 1L)
        {
            Assert.That(DateTime.UtcNow, Is.LessThan(deadline));
            await Task.Delay(50);
        }

        var message = receiver.Accepted.Last();
        using var secrets = await http.GetAsync(new Uri($"{subscription.Location}/secrets", UriKind.RelativeOrAbsolute));
        var secret = (string)(await Answer.OfAsync(secrets)).Body!["current"]!;
        var told = (await register.ChangesAsync("national-coordinator")).Single();
        var logged = await register.LoggedAsync("deliverWebhook");
        var judged = await IndependentReceiver.JudgeAsync([(secret, message)]);
        Assert.Multiple(() =>
        {
            Assert.That(receiver.Accepted, Has.Count.EqualTo(2), "the challenge and the case");
            Assert.That(message.Body, Does.Contain(id.ToString()));
            Assert.That(message.Event.ToJsonString(), Is.EqualTo(told.ToJsonString()), "as the feed tells it");
            Assert.That(judged, Is.EqualTo(new[] { "ok" }));
            Assert.That(logged, Has.Length.EqualTo(1));
            Assert.That(logged[0], Does.StartWith("coordination nationalCoordination").And.EndsWith($"08/{id} case T0"));
        });
    }
}
