using RegionEscalation.Integrations.Catalogue.Pull;
using RegionEscalation.Storage;

namespace RegionEscalation.IntegrationTests.Pulls;

/// <summary>How the platform shows the catalogue who it is.</summary>
public sealed class PullAuthenticationTests : PullFixture
{
    private readonly HashSet<string> _valid = [];
    private int _issued;

    [TestCase("hemlig", null)]
    [TestCase("fel", "credentials")]
    public async Task An_API_key_goes_in_its_header(string key, string? failure)
    {
        Bench.Options = Bench.Options with { Authentication = new() { Kind = PullAuthentication.ApiKey, Header = "X-Nyckel", Key = key } };
        Server.Add(1);
        Server.Instead = (asked, http) =>
        {
            http.Response.StatusCode = asked.Headers.GetValueOrDefault("x-nyckel") == "hemlig" ? 200 : 401;
            return Task.FromResult(http.Response.StatusCode == 401);
        };

        Assert.That((await Bench.RunAsync()).Failure, Is.EqualTo(failure));
        Assert.That(Server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_token_is_fetched_once_and_kept_until_shortly_before_it_expires()
    {
        OAuth();
        Server.PageSize = 1;
        Server.Add(1, 2, 3);
        var host = Bench.Host();

        await Bench.RunAsync(host);
        var afterOne = Server.Count(page: 0);
        Bench.Clock.Move(TimeSpan.FromSeconds(3580));
        Server.Add(4);
        await Bench.RunAsync(host);

        Assert.That((afterOne, Server.Count(page: 0)), Is.EqualTo((1, 2)));
        Assert.That(await Bench.RowsAsync(), Does.EndWith("4 AVT-4"));
        Assert.That(Server.Requests.First(r => r.Page == 0).Path, Is.EqualTo("/token"));
    }

    [Test]
    public async Task A_token_that_is_withdrawn_in_the_middle_is_fetched_anew_once()
    {
        OAuth();
        Server.PageSize = 1;
        Server.Add(1, 2, 3);
        var instead = Server.Instead;
        Server.Instead = (asked, http) =>
        {
            if (asked.Page == 2 && _issued == 1)
                _valid.Clear();
            return instead(asked, http);
        };

        var run = await Bench.RunAsync();

        Assert.That((run.Outcome, _issued), Is.EqualTo((PullOutcome.Imported, 2)));
        Assert.That(await Bench.RowsAsync(), Is.EqualTo("1 AVT-1, 2 AVT-2, 3 AVT-3"));
    }

    [Test]
    public async Task A_catalogue_that_takes_no_token_is_not_asked_for_ever()
    {
        OAuth();
        Server.Add(1);
        var instead = Server.Instead;
        Server.Instead = (asked, http) =>
        {
            _valid.Clear();
            return instead(asked, http);
        };

        Assert.That((await Bench.RunAsync()).Failure, Is.EqualTo("credentials"));
        Assert.That((Server.Count(page: 0), Server.Count(page: 1)), Is.EqualTo((2, 2)));
    }

    [TestCase("wrong secret")]
    [TestCase("no token in the answer")]
    [TestCase("no JSON")]
    public async Task A_token_service_that_gives_none_ends_the_run(string what)
    {
        OAuth(secret: what == "wrong secret" ? "fel" : "hemlig");
        var instead = Server.Instead;
        Server.Instead = async (asked, http) =>
        {
            if (asked.Page != 0 || what == "wrong secret")
                return await instead(asked, http);
            await CatalogueServer.WriteAsync(http, what == "no JSON" ? "OK" : "{\"token_type\":\"Bearer\"}");
            return true;
        };
        Server.Add(1);

        Assert.That((await Bench.RunAsync()).Failure, Is.EqualTo("credentials"));
        Assert.That(Server.Count(page: 1), Is.Zero);
    }

    [Test]
    public async Task A_token_service_that_is_ill_for_a_moment_is_asked_again()
    {
        OAuth();
        Server.Add(1);
        var instead = Server.Instead;
        Server.Instead = (asked, http) =>
        {
            if (asked.Number > 2)
                return instead(asked, http);
            http.Response.StatusCode = 503;
            return Task.FromResult(true);
        };

        Assert.That((await Bench.RunAsync()).Outcome, Is.EqualTo(PullOutcome.Imported));
    }

    /// <summary>A token service that issues tokens for an hour, and a catalogue that wants one.</summary>
    private void OAuth(string secret = "hemlig")
    {
        _valid.Clear();
        _issued = 0;
        Bench.Options = Bench.Options with
        {
            Authentication = new() { Kind = PullAuthentication.ClientCredentials, TokenUrl = Server.Root + "/token", ClientId = "plattformen", ClientSecret = secret, Scope = "avtal.las" },
        };
        Server.Instead = async (asked, http) =>
        {
            if (asked.Page > 0)
            {
                http.Response.StatusCode = _valid.Contains(asked.Headers.GetValueOrDefault("authorization") ?? "") ? 200 : 401;
                return http.Response.StatusCode == 401;
            }
            var form = await http.Request.ReadFormAsync();
            if ((form["grant_type"], form["client_id"], form["client_secret"], form["scope"]) is not (["client_credentials"], ["plattformen"], ["hemlig"], ["avtal.las"]))
            {
                http.Response.StatusCode = 401;
                return true;
            }
            var token = $"token-{Interlocked.Increment(ref _issued)}";
            _valid.Add("Bearer " + token);
            await CatalogueServer.WriteAsync(http, $$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":3600}""");
            return true;
        };
    }
}
