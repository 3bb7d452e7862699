using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Suite;

/// <summary>The published tool, on a kernel with the module.</summary>
internal static class ToolCases
{
    private static readonly IPEndPoint s_ipv6 = IPEndPoint.Parse("[2001:db8::70:1]:40000");
    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.70:5555");

    public static IEnumerable<Scenario> All() =>
    [
        Scenario.OfModule("the doctor sees the module, its counters, and options with their clients", DoctorSeesOptions),
        new("the doctor sees an unknown format, and that no program listens", DoctorSeesUnknownFormat),
        Scenario.OfModule("the doctor says that there is no provider", DoctorSeesNoProvider),
        new("the doctor's test connections show their clients, from a balancer that the provider trusts", DoctorProbes),
        new("the doctor's test connections to a program show their clients", DoctorProbesAProgram),
        new("the doctor names eBPF programs at the same places, and no others", DoctorNamesPrograms),
        new("the doctor and the help speak Chinese, and JSON stays the same", SpeaksChinese),
        new("toa stats and toa table show a connection", ShowAConnection),
        new("toa listen prints the real clients, and the transport peers in JSON", Listens),
        new("toa listen believes trusted balancers only", ListensToTrusted),
        Scenario.OfModule("toa provider unloads the module and loads it with parameters", UnloadsAndLoads),
        Scenario.OfModule("toa provider says why it does not load the module", SaysWhyNotLoaded),
        Scenario.OfModule("toa provider unloads the module while programs ask it", UnloadsBusy),
    ];

    private static void DoctorSeesOptions(Stage stage)
    {
        using var listener = new Listener(IPAddress.IPv6Any);
        List<ConnectedPair> pairs = [];
        Tool done = Tool.RunWhile(
            () => pairs.AddRange([stage.Connect(listener, OptionBytes.Toa(s_ipv4)), stage.Connect(listener, OptionBytes.Toa(s_ipv6))]),
            "doctor", "--json", "--seconds", "4", "--port", listener.Port.ToString());
        JsonElement found = done.ReadJson();
        Expect.Equal("ToaModule", Text(found.GetProperty("provider"), "kind"), "the provider");
        SkipWithoutCapture(found);
        HashSet<string> ids = Ids(found);
        Expect.True(!ids.Contains("TOA301") && ids.IsSupersetOf(["TOA110", "TOA311", "TOA400", "TOA510", "TOA600", "TOA700"]), $"the findings are {string.Join(' ', ids)}");
        Expect.Equal(0, done.ExitCode, "the doctor's exit code");
        Expect.True(
            found.GetProperty("counters").EnumerateArray().Single(counter => Text(counter, "name") == "syn_recv_sock_toa").GetProperty("moved").GetUInt64() > 0,
            "syn_recv_sock_toa does not move");
        foreach ((IPEndPoint client, int kind) in ((IPEndPoint, int)[])[(s_ipv4, 200), (s_ipv6, 253)])
        {
            JsonElement option = Options(found).FirstOrDefault(option => Text(option.GetProperty("readings")[0], "client") == client.ToString());
            Expect.True(option.ValueKind == JsonValueKind.Object, $"no option with {client} was captured: {found.GetProperty("capture")}");
            Expect.Equal(kind, option.GetProperty("kind").GetInt32(), "its kind");
            Expect.True(Text(option, "balancer")!.StartsWith("10.200."), $"its balancer is {Text(option, "balancer")}");
            Expect.Equal(new IPEndPoint(Stage.ServerIPv4, listener.Port).ToString(), Text(option, "local"), "where it went");
        }
        foreach (ConnectedPair pair in pairs)
            pair.Dispose();
    }

    private static void DoctorSeesUnknownFormat(Stage stage)
    {
        // There is no listener: the packets arrive, but no connection is opened.
        Tool done = Tool.RunWhile(() => Knock(stage, 4), "doctor", "--json", "--seconds", "4", "--port", "4");
        SkipWithoutCapture(done.ReadJson());
        HashSet<string> ids = Ids(done.ReadJson());
        Expect.True(ids.IsSupersetOf(["TOA601", "TOA703"]), $"the findings are {string.Join(' ', ids)}");
        Expect.Equal(1, done.ExitCode, "the doctor's exit code");
    }

    private static void Knock(Stage stage, int port)
    {
        try
        {
            stage.Injector.Connect(new ConnectRequest
            {
                Client = stage.NextBalancer(),
                Server = new IPEndPoint(Stage.ServerIPv4, port),
                SynOptions = OptionBytes.Raw(200, 6, 192, 0, 2, 70).PadAfter(),
                Timeout = TimeSpan.FromSeconds(1),
            }).Dispose();
        }
        catch (Exception exception) when (exception is ConnectionResetException or TimeoutException)
        {
            // The port has no listener.
        }
    }

    private static void DoctorSeesNoProvider(Stage stage)
    {
        stage.Provider.Unload();
        Tool done = Tool.Run("doctor", "--json", "--seconds", "0");
        stage.Provider.Load();

        Expect.Equal(1, done.ExitCode, "the doctor's exit code");
        Expect.True(Ids(done.ReadJson()).Contains("TOA111"), done.Output);
    }

    private static void DoctorProbes(Stage stage)
    {
        BalancedNetwork.SkipWithoutVirtualEthernet();
        ExpectAllReal(Tool.Run("doctor", "--json", "--seconds", "0", "--probe"), "10.64.0.", atLeast: 6);

        stage.Provider.Unload();
        stage.Provider.Load("trusted=10.9.8.0/24,fd00:9::/64", "formats=dpvs,253/20");
        Tool limited = Tool.Run("doctor", "--json", "--seconds", "0", "--probe");
        stage.Provider.Unload();
        Tool without = Tool.Run("doctor", "--json", "--seconds", "0", "--probe");
        stage.Provider.Load();
        ExpectAllReal(limited, "10.9.8.", atLeast: 6);
        Expect.True(Ids(without.ReadJson()).Contains("TOA721"), $"without a provider: {without.Output}");
    }

    private static void DoctorProbesAProgram(Stage stage)
    {
        BalancedNetwork.SkipWithoutVirtualEthernet();
        using ServerProcess server = new(Tool.Path, ["listen", "[::]:7005"]);
        Expect.Eventually(() => File.ReadAllText("/proc/net/tcp6").Contains($":{7005:X4} "), () => "the program does not listen on port 7005");

        ExpectAllReal(Tool.Run("doctor", "--json", "--seconds", "0", "--probe", "0.0.0.0:7005"), "192.0.2.222", atLeast: 2);
        string line = server.NextLine();
        Expect.True(line.StartsWith("real client v4 [203.0.113.207]:"), $"the program does not see the test client: {line}");
        ExpectAllReal(Tool.Run("doctor", "--json", "--seconds", "0", "--probe", "[::]:7005"), "192.0.2.222", atLeast: 4);
        Expect.True(!File.Exists("/sys/class/net/toa-probe"), "the test device is still there");
    }

    private static void ExpectAllReal(Tool doctor, string balancer, int atLeast)
    {
        JsonElement found = doctor.ReadJson(), probe = found.GetProperty("probe");
        if (probe.ValueKind == JsonValueKind.Null)
        {
            throw new ScenarioSkippedException(found.GetProperty("findings").EnumerateArray()
                .Select(finding => Text(finding, "seen")!).FirstOrDefault(seen => seen.StartsWith("test connections: ")) ?? doctor.Output);
        }

        JsonElement[] connections = [.. probe.EnumerateArray()];
        Expect.True(connections.Length >= atLeast, $"there are only {connections.Length} connections: {doctor.Output}");
        foreach (JsonElement connection in connections)
        {
            Expect.True(connection.GetProperty("isReal").GetBoolean(), $"this connection does not show its client: {connection}");
            if (Text(connection, "server") == "IPv4")
                Expect.True(Text(connection, "balancer")!.StartsWith(balancer), $"this is not the trusted balancer: {connection}");
        }
    }

    private static void DoctorNamesPrograms(Stage stage)
    {
        ScenarioSkippedException.ThrowBefore(5, 8, "before 5.8 no eBPF program can rewrite what getpeername names");
        using CgroupProgram rewrites = new("rewrites", CgroupProgram.SocketAddress, CgroupProgram.AtGetPeerName4);
        using CgroupProgram connects = new("connects", CgroupProgram.SocketAddress, CgroupProgram.AtConnect4);
        using CgroupProgram watches = new("watches", CgroupProgram.SocketOps);

        JsonElement found = Tool.Run("doctor", "--json", "--seconds", "0").ReadJson();
        string Seen(string id) =>
            Text(found.GetProperty("findings").EnumerateArray().Single(finding => Text(finding, "id") == id), "seen")!;
        Expect.True(Seen("TOA511").StartsWith("rewrites (id ") && Seen("TOA511").EndsWith(") at getpeername."), Seen("TOA511"));
        Expect.True(Seen("TOA512").StartsWith("watches (id "), Seen("TOA512"));
    }

    // The tool that was compiled ahead of time contains the translations, too.
    private static void SpeaksChinese(Stage stage)
    {
        Tool doctor = Tool.RunInChinese("doctor", "--seconds", "0"), help = Tool.RunInChinese("doctor", "--help");
        Expect.True(
            doctor.Output.Contains("  TOA110  本项目的 provider 正在读取 TOA option\n") && doctor.Output.Contains("\n错误："), doctor.Output);
        Expect.True(help.Output.Contains("选项：\n") && help.Output.Contains("\n退出码：\n"), help.Output);
        HashSet<string> english = Ids(Tool.Run("doctor", "--json", "--seconds", "0").ReadJson());
        JsonElement found = Tool.RunInChinese("doctor", "--json", "--seconds", "0").ReadJson();
        Expect.True(
            english.SetEquals(Ids(found)), $"the findings are {string.Join(' ', Ids(found))}, and in English {string.Join(' ', english)}");
        Expect.True(found.GetProperty("findings").GetRawText().All(char.IsAscii), "there is Chinese in JSON");
    }

    private static void ShowAConnection(Stage stage)
    {
        using var listener = new Listener(IPAddress.IPv6Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        using ConnectedPair other = stage.Connect(listener, OptionBytes.Toa(s_ipv4));

        JsonElement counters = Tool.Run("stats", "--json").ReadJson().GetProperty("counters");
        Expect.Equal(
            (ulong)Counters.Read()["syn_recv_sock_toa"],
            counters.EnumerateArray().Single(counter => Text(counter, "name") == "syn_recv_sock_toa").GetProperty("total").GetUInt64(), "the counter");
        JsonElement table = Tool.Run("table", "--json", "--client", "2001:db8::/32").ReadJson();
        Expect.Equal(1, table.GetProperty("total").GetInt32(), "connections with such a client");
        JsonElement row = table.GetProperty("connections")[0];
        Expect.Equal(
            (s_ipv6.ToString(), pair.Client.Client.ToString(), pair.Client.Server.ToString(), 253),
            (Text(row, "client"), Text(row, "transportPeer"), Text(row, "local"), row.GetProperty("kind").GetInt32()), "the connection");
        Expect.Equal(2, Tool.Run("table", "--json", "--port", listener.Port.ToString()).ReadJson().GetProperty("total").GetInt32(), "connections to the port");
        Expect.True(Tool.Run("table").Output.Contains(s_ipv4.ToString()), "toa table does not show the other client");
    }

    private static void Listens(Stage stage)
    {
        using (var server = new ServerProcess(Tool.Path, ["listen", "[::]:7003", "--count", "2"]))
        {
            Echo(stage, s_ipv6, 7003);
            Expect.Equal($"real client v6 [{s_ipv6.Address}]:{s_ipv6.Port}", server.NextLine(), "the line of an IPv6 client");
            Echo(stage, s_ipv4, 7003);
            Expect.Equal($"real client v4 [{s_ipv4.Address}]:{s_ipv4.Port}", server.NextLine(), "the line of an IPv4 client");
        }

        Func<Tool> listen = Tool.Start("listen", "0.0.0.0:7004", "--json", "--count", "1");
        Expect.Eventually(() => File.ReadAllText("/proc/net/tcp").Contains($":{7004:X4} 00000000:0000 0A"), () => "nobody listens on port 7004");
        IPEndPoint balancer = Echo(stage, s_ipv4, 7004);
        Tool done = listen();
        Expect.Equal(0, done.ExitCode, "the exit code");
        JsonElement connection = JsonDocument.Parse(done.Output.Split('\n')[1]).RootElement;
        Expect.Equal(
            (s_ipv4.ToString(), "IPv4Option", balancer.ToString(), "NotChecked"),
            (Text(connection, "client"), Text(connection, "source"), Text(connection, "transportPeer"), Text(connection, "trust")), "the connection");
    }

    private static void ListensToTrusted(Stage stage)
    {
        foreach ((string network, bool isTrusted) in ((string, bool)[])[("10.200.0.0/16", true), ("203.0.113.0/24", false)])
        {
            using var server = new ServerProcess(Tool.Path, ["listen", "0.0.0.0:7005", "--count", "1", "--trusted", network]);
            IPEndPoint balancer = Echo(stage, s_ipv4, 7005);
            IPEndPoint expected = isTrusted ? s_ipv4 : balancer;
            Expect.Equal($"real client v4 [{expected.Address}]:{expected.Port}", server.NextLine(), $"the line with {network}");
        }
    }

    private static void UnloadsAndLoads(Stage stage)
    {
        Expect.Equal(0, Tool.Run("provider", "status").ExitCode, "the exit code of status");
        Tool unloaded = Tool.Run("provider", "unload");
        Expect.True(unloaded.ExitCode == 0 && unloaded.Output == "TOA unloaded\nThe module is unloaded.\n", $"unload: {unloaded}");
        Expect.True(!stage.Provider.Loaded, "the module is still loaded");
        Expect.Equal(1, Tool.Run("provider", "status").ExitCode, "the exit code of status, once it is unloaded");

        Tool loaded = Tool.Run(
            "provider", "load", "--module", Provider.Module.Path, "--trusted", "10.200.0.0/16", "--trusted", "fd00:200::/64", "--formats", "tencent,254/8",
            "--nat64-getpeername");
        Expect.True(loaded.ExitCode == 0 && loaded.Output.Contains("TOA: toa load success\n"), $"load: {loaded}");
        JsonElement status = Tool.Run("provider", "status", "--json").ReadJson();
        JsonElement parameters = status.GetProperty("parameters");
        Expect.Equal("10.200.0.0/16,fd00:200::/64", Text(parameters, "trusted"), "trusted");
        Expect.Equal(("tencent,254/8", "Y", "N"), (Text(parameters, "formats"), Text(parameters, "nat64_getpeername"), Text(parameters, "syn")), "the parameters");
        Expect.Equal("ToaModule", Text(status, "provider"), "the provider");

        Expect.Equal(0, Tool.Run("provider", "unload").ExitCode, "the exit code of unload");
        stage.Provider.Load();
    }

    private static void SaysWhyNotLoaded(Stage stage)
    {
        Tool twice = Tool.Run("provider", "load", "--syn");
        Expect.True(twice.ExitCode == 1 && twice.Error.StartsWith("toa: the module is loaded already."), $"twice: {twice}");

        stage.Provider.Unload();
        File.WriteAllText("/tmp/nonsense.ko", "not a module at all");
        Tool nonsense = Tool.Run("provider", "load", "--module", "/tmp/nonsense.ko");
        Tool wrong = Tool.Run("provider", "load", "--module", Provider.Module.Path, "--formats", "2/8");
        bool isLoaded = stage.Provider.Loaded;
        stage.Provider.Load();
        Expect.True(nonsense.ExitCode == 1 && nonsense.Error.StartsWith("toa: /tmp/nonsense.ko "), $"no module at all: {nonsense}");
        Expect.True(wrong.ExitCode == 2 && wrong.Error.Contains("'2/8': kind 2 belongs to TCP"), $"a kind that TCP has itself: {wrong}");
        Expect.True(!isLoaded, "the module was loaded with a wrong format");
    }

    private static void UnloadsBusy(Stage stage)
    {
        using var listener = new Listener(IPAddress.Any);
        using ConnectedPair pair = stage.Connect(listener, OptionBytes.Toa(s_ipv6));
        using var stop = new CancellationTokenSource();
        var asking = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
                Nat64Lookup.Ask(pair.Server);
        });
        asking.Start();
        Tool unloaded = Tool.Run("provider", "unload");
        stop.Cancel();
        asking.Join();
        Expect.True(unloaded.ExitCode == 0, $"unload: {unloaded}");
        stage.Provider.Load();
    }

    private static void SkipWithoutCapture(JsonElement found)
    {
        if (found.GetProperty("capture").ValueKind == JsonValueKind.Null)
            throw new ScenarioSkippedException("this kernel has no packet sockets");
    }

    /// <summary>Connects as a client, expects an echo, and returns the balancer.</summary>
    private static IPEndPoint Echo(Stage stage, IPEndPoint client, int port)
    {
        IPEndPoint balancer = stage.NextBalancer();
        using InjectedConnection connection = stage.Injector.Connect(new ConnectRequest
        {
            Client = balancer,
            Server = new IPEndPoint(Stage.ServerIPv4, port),
            Option = OptionBytes.Toa(client),
        });
        byte[] data = "echo"u8.ToArray();
        connection.Send(data);
        Expect.Equal("echo", Encoding.ASCII.GetString(connection.ReceiveExactly(data.Length)), "the echo");
        connection.CloseOutput();
        connection.WaitClosed();
        return balancer;
    }

    private static HashSet<string> Ids(JsonElement found) =>
        [.. found.GetProperty("findings").EnumerateArray().Select(finding => Text(finding, "id")!)];

    private static JsonElement.ArrayEnumerator Options(JsonElement found) =>
        found.GetProperty("capture").GetProperty("options").EnumerateArray();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
