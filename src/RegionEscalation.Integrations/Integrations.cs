using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RegionEscalation.Storage;

namespace RegionEscalation.Integrations;

/// <summary>The platform's background work.</summary>
public static class IntegrationServices
{
    public static IServiceCollection AddIntegrations(this IServiceCollection services) => services
        .AddHostedService<ExpiredAnswers>()
        .AddHostedService<ClockWorker>();
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
