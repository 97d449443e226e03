using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RegionEscalation.Integrations.Catalogue.Pull;

/// <summary>The regions' own catalogues that this host pulls.</summary>
/// <param name="Lease">How long a host has a source without a sign of life, by the database's clock; when it falls, another begins anew after this.</param>
/// <param name="Look">How often a host looks whether a run is due.</param>
public sealed record PullSettings(IReadOnlyDictionary<string, PullSource> Sources, TimeSpan Lease, TimeSpan Look)
{
    public const string Section = "Catalogue:Sources";
    private const string LeaseSetting = "Catalogue:Pull:Lease";
    private const string LookSetting = "Catalogue:Pull:Look";

    /// <exception cref="OptionsValidationException">Something is not as it must be; the host does not start with it.</exception>
    public static PullSettings Of(IConfiguration configuration, bool development)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var problems = new List<string>();
        var sources = new Dictionary<string, PullSource>();
        foreach (var section in configuration.GetSection(Section).GetChildren())
        {
            if (Bound(section, problems) is { } options && PullSource.Of(section.Key, options, development, problems) is { } source)
                sources.Add(section.Key, source);
        }
        var lease = Duration(LeaseSetting, TimeSpan.FromSeconds(60));
        var look = Duration(LookSetting, TimeSpan.FromSeconds(5));
        return problems.Count == 0
            ? new PullSettings(sources, lease, look)
            : throw new OptionsValidationException(Section, typeof(PullSettings), problems);

        TimeSpan Duration(string name, TimeSpan otherwise)
        {
            if (configuration[name] is not { } text)
                return otherwise;
            if (TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= TimeSpan.FromMilliseconds(50) && value <= TimeSpan.FromMinutes(10))
                return value;
            problems.Add($"{name} must be a duration such as 00:01:00, at most ten minutes.");
            return otherwise;
        }
    }

    /// <summary>A setting that is misspelt is wrong too: it would be left out in silence.</summary>
    private static PullOptions? Bound(IConfigurationSection section, List<string> problems)
    {
        try
        {
            return section.Get<PullOptions>(o => o.ErrorOnUnknownConfiguration = true) ?? new();
        }
        catch (InvalidOperationException)
        {
            // What the binder says of it may hold the value, and so a secret.
            problems.Add($"{section.Path} has a setting that is not known or cannot be read: {string.Join(", ", Unreadable(section))}.");
            return null;
        }
    }

    /// <summary>The settings that cannot be bound each for itself, by their names.</summary>
    private static IEnumerable<string> Unreadable(IConfigurationSection section)
    {
        foreach (var setting in section.GetChildren())
        {
            var alone = new ConfigurationBuilder().AddInMemoryCollection(setting.AsEnumerable(makePathsRelative: false)
                .Where(s => s.Value is not null).Select(s => KeyValuePair.Create(s.Key[(section.Path.Length + 1)..], s.Value))).Build();
            string? name = null;
            try
            {
                alone.Get<PullOptions>(o => o.ErrorOnUnknownConfiguration = true);
            }
            catch (InvalidOperationException)
            {
                name = setting.Key;
            }
            if (name is not null)
                yield return name;
        }
    }
}

public static class PullServices
{
    /// <summary>Pulls the catalogues of the regions that have one in the section <c>Catalogue:Sources</c>.</summary>
    /// <exception cref="OptionsValidationException">The section is not as it must be.</exception>
    public static IServiceCollection AddCataloguePull(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment) => services
        .AddSingleton(PullSettings.Of(configuration, environment.IsDevelopment()))
        .AddHostedService<PullWorker>();
}
