using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing;
using Toa.Tool.Formats;
using Toa.Tool.Machines;

namespace Toa.Tool.Probing;

/// <summary>
/// Connects test clients to test servers through a balancer in a network namespace that ends with the probe, and asks the kernel
/// for their addresses.
/// </summary>
internal static class Probe
{
    // TOA_SO_GET_LOOKUP and TOA_SO_GET_INFO of native/include/toa.h, and their sizes.
    private const int Level = 0, GetLookup = 4096, GetInfo = 4097, LookupSize = 20, InfoSize = 64;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <exception cref="CannotLookException">The network cannot be made, or does not work.</exception>
    public static async Task<IReadOnlyList<ProbeResult>> RunAsync(ProbePlan plan, CancellationToken stop)
    {
        List<ProbeResult> results = [];
        foreach (ToaOptionFormat format in plan.Formats)
        {
            try
            {
                await using ProbeNetwork network = NetworkNamespace.RunInNew(() => ProbeNetwork.Lay(format, plan));
                network.Start();
                foreach (ProbeNetwork.Path path in network.Paths)
                    results.Add(await VisitAsync(format, path, stop));
            }
            catch (Exception e) when (e is IOException or SocketException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                throw new CannotLookException(
                    $"Test connections with the format {format} could not be made: {e.Message}",
                    $"In a container, run toa doctor on the host.");
            }
        }

        return results;
    }

    private static async Task<ProbeResult> VisitAsync(ToaOptionFormat format, ProbeNetwork.Path path, CancellationToken stop)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(s_patience);
        await path.Client.ConnectAsync(path.VirtualAddress, late.Token);
        using Socket server = await path.Listener.AcceptAsync(late.Token);
        // Some settings read the option on the first data.
        byte[] data = [1];
        await path.Client.SendAsync(data, late.Token);
        await server.ReceiveAsync(data, late.Token);

        return Ask(server, format, (IPEndPoint)path.Client.LocalEndPoint!, path.ServerKind, server.RemoteEndPoint!.ToString());
    }

    /// <summary>Asks the kernel for the client of a connection.</summary>
    /// <param name="server">The socket at the server.</param>
    /// <param name="format">The format of the option.</param>
    /// <param name="client">The client.</param>
    /// <param name="serverKind">See <see cref="ProbeResult.Server"/>.</param>
    /// <param name="accept">What <c>accept</c> answered; null if another process accepted the connection.</param>
    public static ProbeResult Ask(Socket server, ToaOptionFormat format, IPEndPoint client, string serverKind, string? accept)
    {
        ToaResolution found = new ToaResolver(new ToaOptions()).Resolve(server);
        IPEndPoint seen = found.Client.ToIPEndPoint();
        bool isReal = seen.Address.Equals(client.Address) && (seen.Port == client.Port || ReportedFormat.LacksPort(found.Format));
        return new ProbeResult(
            format.ToString(), client.ToString(), serverKind,
            found.TransportPeer.Source == ToaSource.None ? null : found.TransportPeer.ToIPEndPoint().ToString(),
            accept, PeerName(server), Lookup(server), InfoKind(server), seen.ToString(), isReal);
    }

    // A new object for the same socket asks the kernel again.
    private static string PeerName(Socket socket)
    {
        using Socket again = new(new SafeSocketHandle(socket.Handle, ownsHandle: false));
        return again.RemoteEndPoint?.ToString() ?? "";
    }

    private static string? Lookup(Socket socket)
    {
        Span<byte> answer = stackalloc byte[LookupSize];
        return Ask(socket, GetLookup, answer)
            ? new IPEndPoint(new IPAddress(answer[..16]), (answer[16] << 8) | answer[17]).ToString()
            : null;
    }

    private static int? InfoKind(Socket socket)
    {
        Span<byte> answer = stackalloc byte[InfoSize];
        return Ask(socket, GetInfo, answer) && answer[0] != 0 ? answer[0] : null;
    }

    private static bool Ask(Socket socket, int option, Span<byte> answer)
    {
        try
        {
            return socket.GetRawSocketOption(Level, option, answer) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
