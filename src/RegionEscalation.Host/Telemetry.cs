using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace RegionEscalation.Host;

/// <summary>
/// Traces and metrics over OTLP, by the standard's own settings
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>…_PROTOCOL</c>, <c>…_HEADERS</c> and so on), from any configuration source.
/// </summary>
public static class Telemetry
{
    private const string Source = "RegionEscalation";

    /// <summary>Exports where an endpoint is configured; otherwise costs nothing.</summary>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return builder;
        // Without it the server's spans carry no attributes at all.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.AddSingleton(Create);
        builder.Services.AddHostedService<TelemetryExport>();
        builder.Services.AddSingleton<IStartupFilter, RouteOnSpans>();
        return builder;
    }

    private static OpenTelemetrySdk Create(IServiceProvider services) => OpenTelemetrySdk.Create(telemetry =>
    {
        // The SDK has a container of its own, which would otherwise know environment variables only.
        telemetry.Services.AddSingleton(services.GetRequiredService<IConfiguration>());
        telemetry
            .ConfigureResource(resource => resource.AddService("region-escalation", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3)))
            .WithTracing(traces => traces.AddSource("Microsoft.AspNetCore", "Npgsql", Source).AddOtlpExporter())
            .WithMetrics(metrics => metrics.AddMeter("Microsoft.AspNetCore.Hosting", "Npgsql", Source).AddOtlpExporter());
    });
}

/// <summary>Starts the export with the host and sends the rest when it stops.</summary>
internal sealed class TelemetryExport(IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<OpenTelemetrySdk>();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(services.GetRequiredService<OpenTelemetrySdk>().Dispose, cancellationToken);
}

/// <summary>
/// Names the server's spans by the semantic conventions for HTTP, which the framework leaves to a package.
/// A startup filter, so that it stands outside whatever else answers a request.
/// </summary>
internal sealed class RouteOnSpans : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (http, following) =>
        {
            try
            {
                await following(http);
            }
            finally
            {
                if (http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
                    Describe(span, http);
            }
        });
        next(app);
    };

    private static void Describe(Activity span, HttpContext http)
    {
        var status = http.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetTag("error.type", $"{status}").SetStatus(ActivityStatusCode.Error);
        // The exception handler takes the endpoint off the request, and failures are what one looks for.
        var endpoint = http.GetEndpoint() ?? http.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        if ((endpoint as RouteEndpoint)?.RoutePattern.RawText is not { } route)
            return;
        span.SetTag("http.route", route);
        span.DisplayName = $"{http.Request.Method} {route}";
    }
}
