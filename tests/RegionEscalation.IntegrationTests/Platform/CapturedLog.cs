using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RegionEscalation.IntegrationTests;

/// <summary>Keeps every line that a host writes to its log, with its category and its exception.</summary>
[ProviderAlias("Captured")]
internal sealed class CapturedLog : ILoggerProvider
{
    public ConcurrentQueue<string> Written { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Written);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> written) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            written.Enqueue($"{category}: {formatter(state, exception)}{exception}");
    }
}
