using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Unloading while the module's own code runs, again and again.</summary>
internal static class UnloadCases
{
    private static readonly IPEndPoint s_client = IPEndPoint.Parse("192.0.2.88:5555");

    public static IEnumerable<Scenario> All() =>
    [
        new("rmmod waits for a getpeername that sleeps on the socket's lock", BlockedGetPeerName),
        new("10 load cycles while connections come and go", stage => Cycles(stage, 10)),
    ];

    /// <summary>A sender holds the lock, stuck on a page; getpeername waits for the lock inside the module's code.</summary>
    private static void BlockedGetPeerName(Stage stage)
    {
        using var page = new UnresolvedPage();
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_client));

        var sender = new BackgroundCall(() => SendPage(pair.Server, page));
        sender.ExpectBlocked("send", "a send from an unresolved page");
        IPEndPoint? name = null;
        var asker = new BackgroundCall(() => name = pair.Server.PeerName);
        if (!asker.IsBlocked())
            return; // This kernel names peers without the lock: there is nothing to wait for.
        var unload = new BackgroundCall(stage.Module.Unload);
        unload.ExpectBlocked("rmmod", "rmmod with getpeername inside");

        page.Resolve();
        sender.Join();
        asker.Join();
        unload.Join();
        Expect.Equal(s_client, new IPEndPoint(name!.Address.MapToIPv4(), name.Port), "the sleeper's answer");
        Expect.True(!stage.Module.Loaded, "the module is still loaded");
    }

    private static unsafe void SendPage(Accepted socket, UnresolvedPage page) =>
        socket.Send(new ReadOnlySpan<byte>(page.Address, UnresolvedPage.Size));

    /// <summary>Every connection is served and named either way; nothing is left at the end.</summary>
    public static void Cycles(Stage stage, int count)
    {
        using var listener = new Listener(IPAddress.IPv6Any);
        using var stop = new CancellationTokenSource();
        int served = 0, named = 0;
        Task traffic = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_client));
                pair.ExpectServed();
                var name = new IPEndPoint(pair.Server.AcceptName.Address.MapToIPv4(), pair.Server.AcceptName.Port);
                if (name.Equals(s_client))
                    named++;
                else
                    Expect.Equal(pair.Client.Client, name, "accept");
                served++;
            }
        });
        try
        {
            for (int i = 0; i < count && !traffic.IsCompleted; i++)
            {
                stage.Module.Unload();
                stage.Module.Load();
                if (i % 50 == 49)
                    Console.WriteLine($"-- {i + 1} cycles, {served} connections, {named} with their client's address");
            }
        }
        finally
        {
            stop.Cancel();
        }
        traffic.GetAwaiter().GetResult();
        Expect.True(served > count, $"only {served} connections were served");
        Memory.ExpectAllFreed();
    }
}
