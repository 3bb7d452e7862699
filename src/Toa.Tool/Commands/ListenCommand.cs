using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using EchoServer;
using Samples;
using Toa.Tool.Listening;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa listen</c></summary>
internal static class ListenCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<IPEndPoint[]> ends = new("ADDRESS:PORT")
        {
            Description = "The address to listen on, for example 0.0.0.0:7000 or [::]:7000; can be repeated. [::] accepts "
                + "IPv4 clients too. Port 0 selects a free port",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = ListenAddress.ParseAll,
            DefaultValueFactory = _ => [new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 7000)],
        };
        Option<IPNetwork[]> trusted = new("--trusted")
        {
            HelpName = "CIDR",
            Description = "The trusted networks (your balancers): TOA options from other sources are ignored; can be repeated",
            CustomParser = CommonOptions.Networks,
            DefaultValueFactory = _ => [],
        };
        Option<int> count = new("--count")
        {
            HelpName = "N",
            Description = "Stop after N connections",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 1, int.MaxValue, values),
            DefaultValueFactory = _ => int.MaxValue,
        };
        Command command = new(
            "listen",
            "Print the real client of every connection and echo its data, for a first test. Ctrl+C stops it.")
        {
            ends, trusted, count,
        };
        command.SetAction(async (arguments, stop) =>
        {
            ToaOptions options = new();
            foreach (IPNetwork network in arguments.GetRequiredValue(trusted))
                options.KnownIPNetworks.Add(network);
            bool isJson = arguments.IsJson();
            return await ServeAsync(
                arguments.GetRequiredValue(ends), new ToaResolver(options), terminal, isJson,
                arguments.GetValue(count), stop);
        });
        return command;
    }

    private static async Task<int> ServeAsync(
        IPEndPoint[] ends, ToaResolver resolver, Terminal terminal, bool isJson, int most, CancellationToken stop)
    {
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Visitors visitors = new(resolver, terminal, isJson, most, stopping);
        try
        {
            await new Server(ends, visitors.ServeAsync, visitors.TellListening).RunAsync(stopping.Token);
            return ExitCode.Fine;
        }
        catch (ListenException e)
        {
            throw new ToolException($"{e.Message}", e);
        }
    }
}
