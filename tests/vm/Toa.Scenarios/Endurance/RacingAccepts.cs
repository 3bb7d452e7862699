using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Endurance;

/// <summary>
/// Threads wait in accept, and look up the client at once: an accepted connection must already have its client.
/// </summary>
internal static class RacingAccepts
{
    private const int Threads = 4, Batch = 128;

    public static void Run(Stage stage, int connections, Action<string> report)
    {
        int begun = 0, asked = 0;
        using (var listener = new Listener(IPAddress.Any))
        {
            Task[] servers = [.. Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(() =>
            {
                while (Interlocked.Increment(ref begun) <= connections)
                {
                    using Accepted server = listener.Accept();
                    ExpectClient(server);
                    Interlocked.Increment(ref asked);
                }
            }, TaskCreationOptions.LongRunning))];
            for (int made = 0; made < connections; made += Batch)
            {
                int count = Math.Min(Batch, connections - made);
                InjectedConnection[] clients = MakeSome(stage, listener, count);
                // Wait for the lookups before the connections end: an ended connection cannot be looked up.
                Expect.Eventually(
                    () => Volatile.Read(ref asked) == made + count || servers.Any(server => server.IsFaulted),
                    () => $"{asked} of {made + count} connections were accepted");
                foreach (InjectedConnection client in clients)
                    client.Dispose();
            }
            Task.WhenAll(servers).GetAwaiter().GetResult();
        }
        Memory.ExpectAllFreed();
        report($"{connections} connections, accepted by {Threads} threads as they came: each had its client");
    }

    private static InjectedConnection[] MakeSome(Stage stage, Listener listener, int count) =>
        stage.Injector.ConnectMany([.. Enumerable.Range(0, count).Select(_ =>
        {
            IPEndPoint balancer = stage.NextBalancer();
            return new ConnectRequest
            {
                Client = balancer,
                Server = Stage.ServerEnd(listener),
                Option = OptionBytes.Toa(ClientOf(balancer)),
            };
        })]);

    /// <summary>The client that belongs to a balancer's endpoint. Every second connection comes through NAT64.</summary>
    private static IPEndPoint ClientOf(IPEndPoint balancer)
    {
        byte[] address = balancer.Address.GetAddressBytes();
        var (high, low) = ((byte)(balancer.Port >> 8), (byte)balancer.Port);
        return new IPEndPoint(
            balancer.Port % 2 == 0
                ? new IPAddress([198, 18, high, low])
                : new IPAddress([0x20, 1, 0x0d, 0xb8, .. new byte[8], address[2], address[3], high, low]),
            balancer.Port);
    }

    private static void ExpectClient(Accepted server)
    {
        (int errno, ToaInfo? info) = ToaInfo.Ask(server);
        Expect.Equal(0, errno, "errno of getsockopt 4097");
        IPEndPoint client = ClientOf(info!.Peer);
        Expect.Equal(client, info.Client, "the client");
        Expect.Equal(client.Port % 2 == 0 ? client : info.Peer, server.AcceptName, "accept");
    }
}
