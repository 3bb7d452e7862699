using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Toa.Injector;
using Toa.Scenarios.Endurance;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Unloading while the module's code runs, several times.</summary>
internal static class UnloadCases
{
    private static readonly IPEndPoint s_client = IPEndPoint.Parse("192.0.2.88:5555");

    public static IEnumerable<Scenario> All() =>
    [
        Scenario.OfModule("rmmod waits for a getpeername that sleeps on the socket's lock", BlockedGetPeerName),
        Scenario.OfModule("320 calls of getpeername sleep at once, and each is answered", ManyBlocked),
        Scenario.OfModule("rmmod is refused while a getsockopt waits for the page of its answer", BlockedAnswer),
        new("once the socket options are gone, so are the names from TOA options", NamesEndFirst),
        new("rmmod among getsockopt calls succeeds, and nothing else happens to them", AmongLookups),
        Scenario.OfModule("load cycles leave other users of netfilter's socket options alone", OtherOptions),
        new("10 load cycles while connections come and go", stage => LoadCycles.Run(stage, 10, _ => { })),
    ];

    /// <summary>
    /// A sender holds the socket's lock and waits for a page, and getpeername waits for the lock inside the module's code.
    /// It returns the kernel's own answer, because names end first.
    /// </summary>
    private static void BlockedGetPeerName(Stage stage)
    {
        using var page = new UnresolvedPage();
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_client));

        KernelLog log = KernelLog.Mark();
        var sender = new BackgroundCall(() => SendPage(pair.Server, page));
        sender.ExpectBlocked("send", "a send from an unresolved page");
        IPEndPoint? name = null;
        var asker = new BackgroundCall(() => name = pair.Server.PeerName);
        if (!asker.IsBlocked())
            return; // This kernel does not take the lock for getpeername, so nothing waits.
        var unload = new BackgroundCall(stage.Provider.Unload);
        unload.ExpectBlocked("rmmod", "rmmod with getpeername inside");
        Expect.True(asker.IsBlocked(), "getpeername returned before the lock was free");
        Expect.Eventually(() => log.Since.Contains("unload waits for 1 callers"), () => $"the log does not say what rmmod waits for: {log.Since}");

        page.Resolve();
        sender.Join();
        asker.Join();
        unload.Join();
        Expect.Equal(pair.Client.Client, WithoutMapping(name!), "the sleeper's answer, which ends with the module");
        Expect.True(!stage.Provider.Loaded, "the module is still loaded");
    }

    /// <summary>A user can delay a page for any time, without a privilege.</summary>
    private static void BlockedAnswer(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(IPEndPoint.Parse("[2001:db8::88:1]:40000")));
        foreach ((int option, uint size) in (ReadOnlySpan<(int, uint)>)[(4096, Nat64Lookup.Size), (4097, ToaInfo.Size)])
        {
            using var page = new UnresolvedPage();
            int errno = -1;
            var asker = new BackgroundCall(() => errno = AskInto(nat64.Server, option, page, size));
            asker.ExpectBlocked("getsockopt", "a getsockopt with an unresolved page");
            bool unloaded = true;
            new BackgroundCall(() => unloaded = ((KernelModule)stage.Provider).TryUnload()).Join();
            Expect.True(!unloaded && stage.Provider.Loaded, "rmmod succeeded");
            page.Resolve();
            asker.Join();
            Expect.Equal(0, errno, $"the errno of {option}");
        }
        stage.Provider.Unload();
        stage.Provider.Load();
    }

    private static unsafe int AskInto(Accepted socket, int option, UnresolvedPage page, uint size) =>
        socket.GetOptionInto(option, (nuint)page.Address, size);

    /// <summary>A program that gets no answer to 4097 uses the name as the transport peer.</summary>
    private static void NamesEndFirst(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        for (int i = 0; i < 5; i++)
        {
            using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_client));
            Expect.Equal(s_client, pair.Server.PeerName, "the name while the provider is loaded");
            using var unanswered = new ManualResetEventSlim();
            using var stop = new CancellationTokenSource();
            Task asking = Task.Run(() =>
            {
                var answer = new byte[ToaInfo.Size];
                while (!stop.IsCancellationRequested)
                {
                    if (pair.Server.GetOption(4097, answer, out _) != Libc.ENOPROTOOPT)
                        continue;
                    Expect.Equal(pair.Client.Client, pair.Server.PeerName, "the name behind an option that is gone");
                    unanswered.Set();
                }
            });
            stage.Provider.Unload();
            Expect.True(asking.IsCompleted || unanswered.Wait(60_000), "the option was answered for a minute after the unload");
            stop.Cancel();
            asking.GetAwaiter().GetResult();
            stage.Provider.Load();
        }
    }

    /// <summary>A call that sleeps holds nothing of the module's, so their number is not limited.</summary>
    private static void ManyBlocked(Stage stage)
    {
        const int Calls = 320;
        using var page = new UnresolvedPage();
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_client));
        Counters before = Counters.Read();

        var sender = new BackgroundCall(() => SendPage(pair.Server, page));
        sender.ExpectBlocked("send", "a send from an unresolved page");
        var names = new IPEndPoint[Calls];
        List<BackgroundCall> askers = [.. Enumerable.Range(0, Calls).Select(i => new BackgroundCall(() => names[i] = WithoutMapping(pair.Server.PeerName)))];
        askers[^1].IsBlocked();
        page.Resolve();
        sender.Join();
        foreach (BackgroundCall asker in askers)
            asker.Join();

        Expect.Equal(Calls, names.Count(s_client.Equals), "calls that the client was shown to");
        Expect.Equal((long)Calls, Counters.Read()["getname_toa_ok"] - before["getname_toa_ok"], "answers that were counted");
    }

    private static IPEndPoint WithoutMapping(IPEndPoint name) =>
        name.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(name.Address.MapToIPv4(), name.Port) : name;

    private static void AmongLookups(Stage stage)
    {
        if (Provider.Current.Errno(Libc.EINVAL) != Libc.EINVAL)
            throw new ScenarioSkippedException("before 5.18, a getsockopt that fails during the unload finds its buffer zeroed");
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = stage.Connect(listener);
        using var stop = new CancellationTokenSource();
        Task asking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                int errno = Nat64Lookup.Ask(pair.Server).Errno;
                Expect.True(errno == Provider.Current.Errno(Libc.EINVAL) || errno == Libc.ENOPROTOOPT, $"getsockopt 4096 failed with errno {errno}");
            }
        });
        for (int i = 0; i < 5; i++)
        {
            stage.Provider.Unload();
            stage.Provider.Load();
        }
        stop.Cancel();
        asking.GetAwaiter().GetResult();
        pair.ExpectServed();
    }

    /// <summary>
    /// Netfilter's list has one entry for each module. The search for an option used to stop at the entry of a module that was
    /// being unloaded, and then found no other module's option.
    /// </summary>
    private static void OtherOptions(Stage stage)
    {
        const int Option = 5000;
        KernelModule other = stage.Other("other_toa");
        stage.Provider.Unload();
        other.Load($"option={Option}");
        try
        {
            stage.Provider.Load(); // Loaded later, so it is before the other one in the list.
            using var listener = new Listener(IPAddress.Any);
            long answered = 0;
            using var stop = new CancellationTokenSource();
            Task asking = Task.Run(() =>
            {
                for (; !stop.IsCancellationRequested; answered++)
                    Expect.Equal(Libc.EINVAL, listener.GetOption(Option, new byte[4], out _), "the errno of another module's socket option");
            });
            for (int i = 0; i < 5 && !asking.IsCompleted; i++)
            {
                stage.Provider.Unload();
                stage.Provider.Load();
            }
            stop.Cancel();
            asking.GetAwaiter().GetResult();
            Expect.True(answered > 100, $"the other module was asked {answered} times only");
        }
        finally
        {
            other.Unload();
        }
    }

    private static unsafe void SendPage(Accepted socket, UnresolvedPage page) =>
        socket.Send(new ReadOnlySpan<byte>(page.Address, UnresolvedPage.Size));
}
