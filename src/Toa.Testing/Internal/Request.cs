using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.LoadBalancing;

namespace Toa.Testing.Internal;

/// <summary>What a test asks of the process in the network namespace: words with spaces between them.</summary>
internal abstract record Request
{
    /// <summary>A TCP socket, not bound.</summary>
    public sealed record OfSocket(AddressFamily Family) : Request
    {
        public override string ToString() => $"socket {(int)Family}";
    }

    /// <summary>Adds an address to the machine. The reply has no file.</summary>
    public sealed record OfAddress(IPAddress Address) : Request
    {
        public override string ToString() => $"address {Address}";
    }

    /// <summary>A balancer's device with its routes.</summary>
    public sealed record OfDevice(TunOptions Options) : Request
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"device {Options.Name} {Options.Mtu} {Options.Offload} {string.Join(' ', Options.Routes)}");
    }

    /// <exception cref="FormatException">The message is not a request.</exception>
    public static Request Parse(string message) => message.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["socket", string family] => new OfSocket((AddressFamily)int.Parse(family, CultureInfo.InvariantCulture)),
        ["address", string address] => new OfAddress(IPAddress.Parse(address)),
        ["device", string name, string mtu, string offload, .. string[] routes] => new OfDevice(new TunOptions
        {
            Name = name,
            Mtu = int.Parse(mtu, CultureInfo.InvariantCulture),
            Offload = bool.Parse(offload),
            Routes = [.. routes.Select(route => AddressPrefix.Parse(route))],
        }),
        _ => throw new FormatException($"'{message}' is not a request."),
    };
}
