using System;
using System.Net;
using System.Text;
using Toa.Injector;

namespace Toa.Scenarios;

/// <summary>
/// The whole path in one run: a balancer's connections with and without options, to the .NET echo server on a
/// <c>0.0.0.0</c> and on a <c>[::]</c> listener, and the line that the server prints for each.
/// </summary>
internal static class Demo
{
    private static readonly IPEndPoint s_ipv4Listener = new(IPAddress.Any, 7000);
    private static readonly IPEndPoint s_dualModeListener = new(IPAddress.IPv6Any, 7001);

    public static void Run(Stage stage)
    {
        string path = stage.EchoServer
            ?? throw new ScenarioFailedException("the published echo server is needed: --echo-server PATH");
        using var server = new ServerProcess(
            path, ["--listen", s_ipv4Listener.ToString(), "--listen", s_dualModeListener.ToString()], listeners: 2);
        foreach (IPEndPoint listener in (IPEndPoint[])[s_ipv4Listener, s_dualModeListener])
        {
            Show(stage, server, listener, client: null);
            Show(stage, server, listener, IPEndPoint.Parse("[2001:db8::8:1]:40000"));
            Show(stage, server, listener, IPEndPoint.Parse("192.0.2.10:5555"));
        }
        Expect.Equal(0, server.Stop(), "the echo server's exit code");
    }

    private static void Show(Stage stage, ServerProcess server, IPEndPoint listener, IPEndPoint? client)
    {
        IPEndPoint balancer = stage.NextBalancer();
        OptionBytes option = client is null ? OptionBytes.None : OptionBytes.Toa(client);
        string words = client is null ? "no option" : $"option {option.Span[0]} with {client}";
        Console.WriteLine($"-- balancer {balancer} connects to {listener}, {words}");

        using InjectedConnection connection = stage.Injector.Connect(new ConnectRequest
        {
            Client = balancer,
            Server = new IPEndPoint(Stage.ServerIPv4, listener.Port),
            Option = option,
        });
        string line = server.NextLine();
        Console.WriteLine(line);
        Expect.Equal(Line(client ?? balancer), line, "the echo server's line");

        byte[] data = "echo"u8.ToArray();
        connection.Send(data);
        Expect.Equal("echo", Encoding.ASCII.GetString(connection.ReceiveExactly(data.Length)), "the echo");
        connection.CloseOutput();
        connection.WaitClosed();
    }

    /// <summary>The form of the vendor's sample server.</summary>
    private static string Line(IPEndPoint client) =>
        client.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? $"real client v6 [{client.Address}]:{client.Port}"
            : $"real client v4 [{client.Address}]:{client.Port}";
}
