using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace Toa.OtherServers.Tests.Recipes;

internal sealed class RealClientMqttAdapter(TcpListener listener, ToaResolver toa) : IMqttServerAdapter
{
    private readonly CancellationTokenSource _stop = new();

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        listener.Start();
        _ = Task.Run(() => AcceptAsync(options, logger));
        return Task.CompletedTask;
    }

    private async Task AcceptAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await listener.AcceptSocketAsync(_stop.Token);
                if (toa.TryResolve(socket, out ToaResolution found))
                    _ = ServeAsync(socket, found.Client.ToIPEndPoint(), options, logger);
                else
                    socket.Dispose(); // The options refuse it, or it has ended already.
            }
            catch (SocketException)
            {
                await Task.Delay(1000, _stop.Token); // Too many open files, for example.
            }
        }
    }

    private async Task ServeAsync(Socket socket, IPEndPoint client, MqttServerOptions options, IMqttNetLogger logger)
    {
        MqttTcpChannel channel = new(new NetworkStream(socket, ownsSocket: true), socket.LocalEndPoint, client, clientCertificate: null);
        MqttBufferWriter buffer = new(options.WriterBufferSize, options.WriterBufferSizeMax);
        using MqttChannelAdapter adapter = new(channel, new MqttPacketFormatterAdapter(buffer), logger);
        await ClientHandler!(adapter); // Logs its errors itself.
    }

    public Task StopAsync() => _stop.CancelAsync();

    public void Dispose()
    {
        _stop.Cancel();
        listener.Dispose();
    }
}
