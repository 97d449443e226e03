using System.Net;
using System.Net.Sockets;

namespace RegionEscalation.Host;

/// <summary>Looks before anything else is started: a database that is up for nothing, and a stack trace, help nobody.</summary>
internal static class Ports
{
    /// <exception cref="StartupProblem">An address of the setting <c>urls</c> is in use.</exception>
    public static void CheckFree(WebApplicationBuilder builder)
    {
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey]?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var address in urls.Select(BindingAddress.Parse).Where(a => a is { IsUnixPipe: false, IsNamedPipe: false, Port: not 0 }))
        {
            try
            {
                using var listener = new TcpListener(address.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address.Host, out var ip) ? ip : IPAddress.Any, address.Port);
                listener.Start();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new StartupProblem($"Port {address.Port} is already in use. Stop what uses it, or choose another with ASPNETCORE_URLS, such as http://localhost:5081.", e);
            }
        }
    }
}
