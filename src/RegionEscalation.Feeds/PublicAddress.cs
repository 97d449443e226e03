using System.Net;
using System.Net.Sockets;

namespace RegionEscalation.Feeds;

/// <summary>Whether an address is one of the public internet: whoever names an endpoint must not reach through us what stands beside us.</summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] Special4 = Networks(
        "0.0.0.0/8", // this network
        "10.0.0.0/8", // private
        "100.64.0.0/10", // carriers' own
        "127.0.0.0/8", // loopback
        "169.254.0.0/16", // link-local, where clouds have their metadata
        "172.16.0.0/12", // private
        "192.0.0.0/24", // protocols
        "192.0.2.0/24", // documentation
        "192.88.99.0/24", // relays of 6to4
        "192.168.0.0/16", // private
        "198.18.0.0/15", // benchmarking
        "198.51.100.0/24", // documentation
        "203.0.113.0/24", // documentation
        "224.0.0.0/4", // multicast
        "240.0.0.0/4"); // reserved, and broadcast

    /// <summary>Outside of it are loopback, link-local, site-local, unique local, multicast, discard and segment routing addresses, and what is not given out.</summary>
    private static readonly IPNetwork GlobalUnicast6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Special6 = Networks(
        "2001::/23", // protocols: Teredo, benchmarking, ORCHID
        "2001:db8::/32", // documentation
        "2002::/16", // 6to4, which leads to the IPv4 address within
        "3fff::/20"); // documentation

    /// <summary>A translator sends on to the IPv4 address in the last four bytes. The one for local use, 64:ff9b:1::/48, is not public.</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Special4.Any(n => n.Contains(address));
        return Nat64.Contains(address)
            ? IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(12)))
            : GlobalUnicast6.Contains(address) && !Special6.Any(n => n.Contains(address));
    }

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
