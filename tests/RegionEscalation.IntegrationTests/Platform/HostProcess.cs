using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RegionEscalation.Host.Development;
using RegionEscalation.IntegrationTests.Api;

namespace RegionEscalation.IntegrationTests;

/// <summary>The built host as a process of its own, which can be killed as a machine can fail.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public string Output => string.Join('\n', _output);

    public static async Task<HostProcess> StartAsync(TestDatabase database, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "src", "RegionEscalation.Host"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(ProcessTests.IsSetting).ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in ((string, string)[])
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
            ("ConnectionStrings__Escalation", database.Application),
            ("ConnectionStrings__EscalationNational", database.National),
            ("ConnectionStrings__EscalationOwner", database.Owner),
            ("RateLimit__Burst", "100000"),
            ("RateLimit__PerSecond", "100000"),
            ("Logging__LogLevel__Default", "Warning"),
            ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"),
            .. settings,
        ])
            start.Environment[name] = value;
        var host = new HostProcess(Process.Start(start)!);
        try
        {
            await host._address.Task.WaitAsync(Deadline);
            return host;
        }
        catch (TimeoutException)
        {
            host.Dispose();
            throw new TimeoutException($"The host did not start: {host.Output}");
        }
    }

    /// <summary>A client of this host with a token that it issued for one of its development clients.</summary>
    public async Task<HttpClient> ClientOfAsync(string clientId)
    {
        var client = new HttpClient { BaseAddress = await _address.Task };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["client_secret"] = "development-only",
        });
        using var answer = await client.PostAsync(new Uri(DevelopmentIdentity.Path + "/token", UriKind.Relative), form);
        var token = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["access_token"]!.ToString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (Listening().Match(line) is { Success: true } address)
            _address.TrySetResult(new Uri(address.Groups["address"].Value));
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://127\.0\.0\.1:\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
