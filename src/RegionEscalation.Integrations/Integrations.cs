using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RegionEscalation.Integrations.Catalogue;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations;

/// <summary>The platform's background work.</summary>
public static class IntegrationServices
{
    /// <exception cref="OptionsValidationException">The section <c>Catalogue</c> is not as it must be.</exception>
    public static IServiceCollection AddIntegrations(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var imports = configuration.GetSection(ImportOptions.Section).Get<ImportOptions>() ?? new();
        if (imports.Problems().ToArray() is { Length: > 0 } problems)
            throw new OptionsValidationException(ImportOptions.Section, typeof(ImportOptions), problems);
        return services
            .AddSingleton(imports)
            .AddSingleton<ImportSignal>()
            .AddHostedService<ExpiredAnswers>()
            .AddHostedService<ClockWorker>()
            .AddHostedService<ImportWorker>();
    }
}

/// <summary>Removes the answers to idempotency keys that can no longer be replayed.</summary>
public sealed class ExpiredAnswers(EscalationStore store, TimeProvider time, ILogger<ExpiredAnswers> logger)
    : RegionalWork(TimeSpan.FromHours(1), store, time, logger)
{
    protected override Task RunAsync(Func<RegionSession> open, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(open);
        return open().RemoveExpiredAnswersAsync(now, cancellationToken);
    }
}
