using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.LoadBalancing;
using Toa.Ratios;

Option<int> turns = new("--turns") { Description = "How often each candidate has its turn", DefaultValueFactory = _ => 100 };
Option<int> calls = new("--calls") { Description = "Calls in each turn", DefaultValueFactory = _ => 2_000 };
Option<bool> options = new("--options")
{
    Description = "Also connections with TOA options, from a TUN device that is made for it: for a guest with a provider",
};
RootCommand command = new("What a lookup costs, as a ratio to the same system calls from C") { turns, calls, options };
command.SetAction(arguments =>
{
    using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    Run("no option", AcceptFrom(client));
    if (arguments.GetValue(options))
    {
        using TcpInjector injector = TcpInjector.Open(new TunOptions { Addresses = [AddressPrefix.Parse("10.200.0.1/16")] });
        Run("option 253 (IPv6)", AcceptFromBalancer(injector, 1024, IPEndPoint.Parse("[2001:db8::1]:40000")));
        Run("option 200 (IPv4)", AcceptFromBalancer(injector, 1025, IPEndPoint.Parse("192.0.2.10:5555")));
    }

    void Run(string title, Socket socket)
    {
        using (socket)
            Race.Run(title, Candidates.For(socket), arguments.GetValue(turns), arguments.GetValue(calls));
    }
});
return command.Parse(args).Invoke();

static Socket Listen(IPAddress address)
{
    Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    listener.Bind(new IPEndPoint(address, 0));
    listener.Listen();
    return listener;
}

static Socket AcceptFrom(Socket client)
{
    using Socket listener = Listen(IPAddress.Loopback);
    client.Connect(listener.LocalEndPoint!);
    return listener.Accept();
}

static Socket AcceptFromBalancer(TcpInjector injector, int port, IPEndPoint client)
{
    using Socket listener = Listen(IPAddress.Any);
    injector.Connect(new ConnectRequest
    {
        Client = new IPEndPoint(IPAddress.Parse("10.200.7.9"), port),
        Server = new IPEndPoint(IPAddress.Parse("10.200.0.1"), ((IPEndPoint)listener.LocalEndPoint!).Port),
        Option = OptionBytes.Toa(client),
    });
    return listener.Accept();
}
