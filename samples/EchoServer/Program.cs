using System;
using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using EchoServer;
using Samples;

Option<IPEndPoint[]> listen = ListenAddress.Option(defaultPort: 7000);
RootCommand command = new(
    "Print the real client of every connection, also behind a load balancer that writes TOA, and echo its data. SIGINT "
    + "or SIGTERM stops it. Exit code: 0 after such a signal, 1 if it cannot listen, 2 for an invalid command line.")
{
    listen,
};
command.SetAction((arguments, _) => RunAsync(arguments.GetRequiredValue(listen)));

ParseResult arguments = command.Parse(args);
if (arguments.Errors.Count > 0)
{
    Console.Error.WriteLine($"EchoServer: {arguments.Errors[0].Message} See EchoServer --help.");
    return 2;
}
// Signals are handled below, before the server reports that it is ready.
return await arguments.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(IPEndPoint[] endPoints)
{
    CancellationTokenSource stop = new();
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

    try
    {
        await new Server(endPoints, Connection.ServeAsync, end => Console.WriteLine($"listening on {end}")).RunAsync(stop.Token);
        return 0;
    }
    catch (ListenException e)
    {
        Console.Error.WriteLine($"EchoServer: {e.Message}");
        return 1;
    }

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true; // otherwise the signal ends the process at once
        stop.Cancel();
    }
}
