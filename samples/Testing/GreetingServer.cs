using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Toa;
using Toa.Testing;

namespace Samples.Testing;

/// <summary>The server under test: it greets each client by its address, and closes connections that it cannot check.</summary>
internal sealed class GreetingServer : IDisposable
{
    private readonly Socket _listener;
    private readonly ToaResolver _resolver;

    public GreetingServer(ToaTestNetwork network, params string[] knownProxies)
    {
        ToaOptions options = new() { ReadSavedSyn = true, WhenUntrusted = ToaAction.Refuse };
        foreach (string proxies in knownProxies is [] ? ToaTestNetwork.BalancerNetworks : knownProxies)
            options.KnownIPNetworks.Add(proxies);
        _resolver = new ToaResolver(options);
        _listener = network.Bind(new IPEndPoint(IPAddress.Any, 0));
        _listener.SaveSyn();
        _listener.Listen();
        _ = ServeAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using Socket connection = await _listener.AcceptAsync();
                try
                {
                    IPEndPoint client = _resolver.Resolve(connection).Client.ToIPEndPoint();
                    await connection.SendAsync(Encoding.ASCII.GetBytes($"Hello {client}"));
                    connection.Shutdown(SocketShutdown.Both);
                }
                catch (ToaRefusedException)
                {
                    // Disposal closes the connection.
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
