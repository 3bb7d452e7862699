using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using Toa.Injector;

namespace Toa.Scenarios.Suite;

/// <summary><c>toa listen</c>, an echo server.</summary>
internal static class ListenCases
{
    private static readonly IPEndPoint s_ipv4Listener = new(IPAddress.Any, 7000);
    private static readonly IPEndPoint s_dualModeListener = new(IPAddress.IPv6Any, 7001);

    public static IEnumerable<Scenario> All() =>
    [
        new("toa listen prints the real clients", PrintsRealClients),
        new("toa listen goes on serving when descriptors are free again", OutOfDescriptors),
    ];

    private static void PrintsRealClients(Stage stage)
    {
        using var server = new ServerProcess(
            Tool.Path, ["listen", s_ipv4Listener.ToString(), s_dualModeListener.ToString()], listeners: 2);
        foreach (IPEndPoint listener in (IPEndPoint[])[s_ipv4Listener, s_dualModeListener])
        {
            Show(stage, server, listener, client: null);
            Show(stage, server, listener, IPEndPoint.Parse("[2001:db8::8:1]:40000"));
            Show(stage, server, listener, IPEndPoint.Parse("192.0.2.10:5555"));
        }
        Expect.Equal(0, server.Stop(), "the server's exit code");
    }

    private static void Show(Stage stage, ServerProcess server, IPEndPoint listener, IPEndPoint? client)
    {
        IPEndPoint balancer = stage.NextBalancer();
        OptionBytes option = client is null ? OptionBytes.None : OptionBytes.Toa(client);

        using InjectedConnection connection = stage.Injector.Connect(new ConnectRequest
        {
            Client = balancer,
            Server = new IPEndPoint(Stage.ServerIPv4, listener.Port),
            Option = option,
        });
        Expect.Equal(Line(client ?? balancer), server.NextLine(), $"the server's line on {listener}");

        byte[] data = "echo"u8.ToArray();
        connection.Send(data);
        Expect.Equal("echo", Encoding.ASCII.GetString(connection.ReceiveExactly(data.Length)), "the echo");
        connection.CloseOutput();
        connection.WaitClosed();
    }

    /// <summary>The format of the vendor's sample server.</summary>
    private static string Line(IPEndPoint client) =>
        client.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? $"real client v6 [{client.Address}]:{client.Port}"
            : $"real client v4 [{client.Address}]:{client.Port}";

    private static void OutOfDescriptors(Stage stage)
    {
        // The .NET runtime itself uses about a dozen.
        const int Descriptors = 40, Connections = 60;
        using var server = new ServerProcess(
            "sh", ["-c", $"ulimit -n {Descriptors} && exec \"$0\" \"$@\" 2>&1", Tool.Path, "listen", "[::]:7002"]);
        Dictionary<string, InjectedConnection> waiting = Connect(stage, Connections)
            .ToDictionary(pair => $"real client v4 [{pair.Client.Address}]:{pair.Client.Port}", pair => pair.Connection);

        // The server accepts until no descriptor is free. Then each connection that ends makes room for another one.
        var serving = new Queue<InjectedConnection>();
        int failures = 0;
        while (waiting.Count > 0)
        {
            string line = server.NextLine();
            if (line.StartsWith("cannot accept", StringComparison.Ordinal))
            {
                failures++;
                Expect.True(failures < 10 * Connections, "descriptors are free, and the server does not take them");
                if (serving.TryDequeue(out InjectedConnection? oldest))
                    End(oldest);
                continue;
            }
            Expect.True(waiting.Remove(line, out InjectedConnection? connection), $"the server printed '{line}'");
            serving.Enqueue(connection!);
        }
        Expect.True(failures > 0, $"{Descriptors} descriptors were enough for {Connections} connections");
        foreach (InjectedConnection connection in serving)
            End(connection);
        Expect.Equal(0, server.Stop(), "the server's exit code");
        Memory.ExpectAllFreed();
    }

    private static IEnumerable<(IPEndPoint Client, InjectedConnection Connection)> Connect(Stage stage, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var client = new IPEndPoint(IPAddress.Parse("192.0.2.99"), 2000 + i);
            yield return (client, stage.Injector.Connect(new ConnectRequest
            {
                Client = stage.NextBalancer(),
                Server = new IPEndPoint(Stage.ServerIPv4, 7002),
                Option = OptionBytes.Toa(client),
            }));
        }
    }

    private static void End(InjectedConnection connection)
    {
        byte[] data = "echo"u8.ToArray();
        connection.Send(data);
        Expect.Equal("echo", Encoding.ASCII.GetString(connection.ReceiveExactly(data.Length)), "the echo");
        connection.CloseOutput();
        connection.WaitClosed();
    }
}
