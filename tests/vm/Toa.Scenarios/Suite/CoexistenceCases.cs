using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Toa.Diagnostics;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>Other users of the same sockets, functions and settings.</summary>
internal static class CoexistenceCases
{
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.66:5555");
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::6:1]:40000");

    public static IEnumerable<Scenario> All() =>
    [
        new("kTLS set up after the module was loaded stays encrypted", KernelTlsAfterLoad),
        new("kTLS set up before the module was loaded stays encrypted", KernelTlsBeforeLoad),
        new("sockets in a sockmap keep their clients", SockMap),
        Scenario.OfModule("a second TOA module is refused, and so is this one beside another", SecondToaModule),
        Scenario.OfModule("a module that patches the kernel's tables is named, and this one does not load beside it", PatchedTable),
        Scenario.OfModule("the kernel's own module toa serves IPv4 clients, and this one does not load beside it", KernelsOwnToa),
        Scenario.OfModule("a server in the kernel is shown the transport peer, whoever made its listener", KernelServer),
        Scenario.OfModule("another user of a hooked function is told of", OtherHook),
        Scenario.OfModule("kernel.ftrace_enabled cannot switch the hooks off", FtraceEnabled),
        new("Fast Open's client is known with syn=1, as the child is born on the SYN", FastOpen),
        new("a listener in another network namespace has its clients", OtherNamespace),
    ];

    /// <summary>The data stays encrypted through load, unload and load, with and without an address.</summary>
    private static void KernelTlsAfterLoad(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        foreach (OptionBytes option in (OptionBytes[])[OptionBytes.Toa(s_ipv4), OptionBytes.Toa(s_ipv6), OptionBytes.None])
        {
            using ConnectedPair pair = stage.Connect(listener, option);
            KernelTls.Enable(pair.Server);
            ExpectEncrypted(pair);
            if (option.Length > 0)
                ExpectClient(pair, option);
            stage.Provider.Unload();
            ExpectEncrypted(pair);
            stage.Provider.Load();
            ExpectEncrypted(pair);
        }
        Memory.ExpectAllFreed();
    }

    private static void KernelTlsBeforeLoad(Stage stage)
    {
        stage.Provider.Unload();
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
        KernelTls.Enable(pair.Server);
        stage.Provider.Load();
        ExpectEncrypted(pair);
        Expectation.Transport(pair.Client.Client).CheckAgain(pair.Server, pair.Client.Server);
        stage.Provider.Unload();
        ExpectEncrypted(pair);
    }

    private static void ExpectEncrypted(ConnectedPair pair)
    {
        byte[] secret = Encoding.ASCII.GetBytes("do not show this");
        pair.Server.Send(secret);
        byte[] record = pair.Client.ReceiveExactly(KernelTls.RecordSize(secret.Length));
        Expect.True(record is [0x17, 3, 3, ..], "what was sent is no TLS record");
        Expect.True(record.AsSpan().IndexOf(secret) < 0, "what was sent left in clear text");
    }

    private static void ExpectClient(ConnectedPair pair, OptionBytes option)
    {
        if (option.Span[0] == 200)
            Expectation.Ipv4(s_ipv4).CheckAgain(pair.Server, pair.Client.Server);
        else
            Expectation.Ipv6(s_ipv6, pair.Client.Client).CheckAgain(pair.Server, pair.Client.Server);
    }

    private static void SockMap(Stage stage)
    {
        ScenarioSkippedException.ThrowBefore(4, 14, "this kernel has no sockmap");
        using var map = new SockMap(size: 4);
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(s_ipv4));
        using ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        map.Add(0, hybrid.Server);
        map.Add(1, nat64.Server);
        ExpectClient(hybrid, OptionBytes.Toa(s_ipv4));
        ExpectClient(nat64, OptionBytes.Toa(s_ipv6));
        hybrid.ExpectServed();
        stage.Provider.Unload();
        hybrid.ExpectServed();
        nat64.ExpectServed();
    }

    private static void SecondToaModule(Stage stage)
    {
        KernelModule other = stage.Other("other_toa");
        Expect.True(!other.TryLoad(), "a second module could take socket option 4096");
        ExpectRefusedBeside(stage, other, "another module answers socket options 4096 to 4097");
    }

    private static void PatchedTable(Stage stage) =>
        ExpectRefusedBeside(stage, stage.Other("patched_table"), "inet_getname was replaced by inet_getname_patched", "stats=1");

    /// <summary>TencentOS's own module, on a kernel that was built from its source.</summary>
    private static void KernelsOwnToa(Stage stage)
    {
        var theirs = new KernelModule(stage.PathOf("kernels_toa.ko"), "toa");
        if (!File.Exists(theirs.Path))
            throw new ScenarioSkippedException("this kernel has no module toa of its own");
        stage.Provider.Unload();
        theirs.Load();
        try
        {
            using (var listener = new Listener(IPAddress.Any))
            using (ConnectedPair hybrid = stage.Connect(listener, OptionBytes.Toa(s_ipv4)))
            using (ConnectedPair nat64 = stage.Connect(listener, OptionBytes.Toa(s_ipv6)))
            {
                // Since 4.17, getname returns the length of the address. The kernel's own module treats this as a failure.
                IPEndPoint named = Environment.OSVersion.Version < new Version(4, 17) ? s_ipv4 : hybrid.Client.Client;
                Expect.Equal(named, hybrid.Server.PeerName, "getpeername with their module");
                using Socket socket = hybrid.Server.AsDotNetSocket();
                Expect.Equal(named, socket.GetRealRemoteEndPoint(), "GetRealRemoteEndPoint with their module");
                Expect.Equal(nat64.Client.Client, nat64.Server.PeerName, "getpeername of an IPv6 client with their module");
                var provider = ToaProvider.Detect();
                Expect.True(provider is { AnswersIPv6Lookup: false, AnswersInfo: false } && provider.Modules.Contains("toa"), provider.ToString());
            }
            Expect.True(!stage.Provider.TryLoad(), "the module loaded beside theirs");
            Tool load = Tool.Run("provider", "load", "--module", ((KernelModule)stage.Provider).Path);
            Expect.True(load.ExitCode != 0 && load.Error.Contains("toa"), load.Error);
        }
        finally
        {
            theirs.Unload();
        }
        stage.Provider.Load();
    }

    private static void KernelServer(Stage stage)
    {
        KernelModule server = stage.Other("kernel_server");
        using var listener = new Listener(IPAddress.Any);
        server.LoadHere($"listener={listener.Fd}");
        IPEndPoint balancer = stage.NextBalancer();
        stage.Injector.Connect(new ConnectRequest
        {
            Client = balancer,
            Server = Stage.ServerEnd(listener),
            Option = OptionBytes.Toa(s_ipv4),
        });
        try
        {
            Expect.Eventually(() => server.ReadSetting("peer") != "none yet", () => "no connection reached the server in the kernel");
            Expect.Equal(balancer.ToString(), server.ReadSetting("peer"), "the peer that a kernel thread is shown");
        }
        finally
        {
            server.Unload();
        }
    }

    private static void OtherHook(Stage stage)
    {
        KernelModule other = stage.Other("other_hook");
        Expect.True(!other.TryLoad(), "another module could hook tcp_v4_syn_recv_sock too");
        ExpectRefusedBeside(stage, other, "cannot hook tcp_v4_syn_recv_sock or tcp_v6_syn_recv_sock: a livepatch, a BPF program, a kprobe or another module");
    }

    private static void FtraceEnabled(Stage stage)
    {
        try
        {
            using (Setting.Sysctl("kernel/ftrace_enabled", "0"))
            {
            }
            ScenarioSkippedException.ThrowBefore(5, 6, "this kernel has no FTRACE_OPS_FL_PERMANENT: kernel.ftrace_enabled=0 switches hooks off");
            throw new ScenarioFailedException("kernel.ftrace_enabled could be set to 0");
        }
        catch (IOException)
        {
            // EBUSY.
        }
        stage.Provider.Unload();
        try
        {
            using Setting off = Setting.Sysctl("kernel/ftrace_enabled", "0");
            ExpectRefused(stage, "kernel.ftrace_enabled is 0");
        }
        catch (IOException)
        {
            // EOPNOTSUPP: since 7.3, ftrace cannot be switched off.
        }
        stage.Provider.Load();
    }

    private static void ExpectRefusedBeside(Stage stage, KernelModule other, string reason, params string[] parameters)
    {
        stage.Provider.Unload();
        other.Load(parameters);
        try
        {
            ExpectRefused(stage, reason);
        }
        finally
        {
            other.Unload();
        }
        stage.Provider.Load();
    }

    private static void ExpectRefused(Stage stage, string reason)
    {
        KernelLog log = KernelLog.Mark();
        Expect.True(!stage.Provider.TryLoad(), "the module loaded");
        Expect.True(log.Since.Contains(reason), $"the log does not say '{reason}': {log.Since}");
        Expect.True(!File.Exists("/proc/net/toa_stats"), "the refused module left /proc/net/toa_stats behind");
    }

    private static void FastOpen(Stage stage)
    {
        // Fast Open on the server side, without a cookie.
        using Setting allowed = Setting.Sysctl("net/ipv4/tcp_fastopen", "514");
        foreach (bool look in (bool[])[true, false])
        {
            using Setting syn = Setting.Provider("syn", look ? "1" : "0");
            using var listener = new Listener(IPAddress.Any);
            listener.AllowFastOpen();
            IPEndPoint balancer = stage.NextBalancer();
            stage.Injector.SendRaw(new TcpPacket
            {
                Source = balancer,
                Destination = Stage.ServerEnd(listener),
                SequenceNumber = 1000,
                Flags = TcpControlBits.Syn,
                // An empty Fast Open option, so that the kernel accepts the data.
                Options = (OptionBytes.Mss(1400) + OptionBytes.Raw(34, 2).PadAfter() + OptionBytes.Toa(s_ipv6)).PadAfter(),
                Payload = "early"u8.ToArray(),
            });
            using (Accepted accepted = listener.Accept())
            {
                (look ? Expectation.Ipv6(s_ipv6, balancer) : Expectation.Transport(balancer)).Check(accepted, Stage.ServerEnd(listener));
                Expect.Equal("early", Encoding.ASCII.GetString(accepted.Receive()), "the data on the SYN");
            }
            // The handshake was not completed. Without a reset, the kernel waits for its end.
            stage.Injector.SendRaw(new TcpPacket
            {
                Source = balancer,
                Destination = Stage.ServerEnd(listener),
                SequenceNumber = 1006,
                Flags = TcpControlBits.Rst,
            });
            Memory.ExpectAllFreed();
        }
    }

    private static void OtherNamespace(Stage stage)
    {
        Counters here = Counters.Read();
        NetworkNamespace.Run(() =>
        {
            using var inside = new Stage(stage.Provider, stage.Programs);
            using var listener = new Listener(IPAddress.IPv6Any);
            Counters before = Counters.Read(NetworkNamespace.OfThread);
            using ConnectedPair pair = inside.Connect(listener, OptionBytes.Toa(s_ipv6));
            pair.Expect(Expectation.Ipv6(s_ipv6, pair.Client.Client));
            Expect.Equal(1L, Counters.Read(NetworkNamespace.OfThread)["ip6_address_alloc"] - before["ip6_address_alloc"], "allocations in the namespace");
            Expect.Equal(1, TableRow.Read(NetworkNamespace.OfThread).Count, "rows in the namespace");
            if (Provider.IsModule) // The table of the eBPF provider always shows the reader's own namespace.
                Expect.Equal(0, TableRow.Read("1").Count, "rows outside of it");
        });
        if (Provider.IsModule)
            Counters.ExpectMoved(here, ("ip6_address_alloc", 0), ("syn_recv_sock_toa", 0), ("getname_toa_ok", 0));
    }
}
