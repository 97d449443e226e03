using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RegionEscalation.Feeds;

public static class FeedServices
{
    /// <summary>What both APIs share of change feeds and webhooks.</summary>
    /// <param name="applicationConnectionString">The line on which hosts tell each other of changes.</param>
    /// <exception cref="OptionsValidationException">
    /// The setting <c>Secrets:PlatformKey</c> is missing or no key that only we know; Development alone does without. Or the section <c>Webhooks</c> is not as it must be.
    /// </exception>
    public static IServiceCollection AddFeeds(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment, string applicationConnectionString)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var key = PlatformKey.Parse(configuration[PlatformKey.Setting], environment.IsDevelopment())
            ?? throw new OptionsValidationException(PlatformKey.Setting, typeof(PlatformKey),
                [$"{PlatformKey.Setting}: the environment {environment.EnvironmentName} needs at least 32 random bytes in base64, the same on every host; not the public ones of Development, nor one byte repeated."]);
        var webhooks = configuration.GetSection(WebhookOptions.Section).Get<WebhookOptions>() ?? new();
        if (webhooks.Problems(environment.IsDevelopment()).ToArray() is { Length: > 0 } problems)
            throw new OptionsValidationException(WebhookOptions.Section, typeof(WebhookOptions), problems);
        return services
            .AddSingleton(key)
            .AddSingleton<FeedCursors>()
            .AddSingleton<ChangeSignal>()
            .AddSingleton<LongPoll>()
            .AddSingleton(webhooks)
            .AddSingleton<WebhookSecrets>()
            .AddSingleton(provider => new WebhookSender(provider.GetRequiredService<WebhookSecrets>(), webhooks, provider.GetRequiredService<TimeProvider>()))
            .AddScoped(provider => (IWebhookApi)provider.GetRequiredService(
                provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.GetEndpoint()!.Metadata.GetRequiredMetadata<WebhooksOf>().Type))
            .AddHostedService<WebhookDispatcher>()
            .AddHostedService(provider => new ChangeWatcher(
                applicationConnectionString, provider.GetRequiredService<ChangeSignal>(), provider.GetRequiredService<ILogger<ChangeWatcher>>()));
    }
}
