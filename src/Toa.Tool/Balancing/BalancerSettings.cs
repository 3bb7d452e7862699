using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Toa.LoadBalancing;
using Toa.Tool.Commands;
using Toa.Tool.Language;

namespace Toa.Tool.Balancing;

/// <summary>The command-line options of a balancer, and their conversion to its settings.</summary>
internal sealed partial class BalancerSettings
{
    private const int MostSeconds = 86_400;
    private const string IPv4Source = "10.64.0.0/28";
    private const string IPv6Source = "fd00:64::/124";

    private static readonly LoadBalancerOptions Defaults = new();

    private readonly Option<ListenerOptions[]> _listeners = new("--listen")
    {
        HelpName = ListenerArgument.Form,
        Description = "A virtual address that nothing else uses, and the servers behind it, of either address family. A server "
            + "of weight 2 gets twice as many connections as one of weight 1. Can be repeated",
        CustomParser = ListenerArgument.ParseAll,
        DefaultValueFactory = _ => [],
    };

    private readonly ListenerSettings _perListener = new();

    private readonly Option<AddressPrefix[]> _sources = new("--source")
    {
        HelpName = "CIDR",
        Description = "The addresses that servers see as their peers. Nothing else may use them, and servers must reach "
            + $"them through this machine (default: {IPv4Source}, for IPv6 servers {IPv6Source}); can be repeated",
        CustomParser = values => [.. values.Tokens.Select(token => ParsePrefix(token.Value, values))],
    };

    private readonly Option<(int First, int Last)?> _ports = new("--ports")
    {
        HelpName = "FIRST-LAST",
        Description = $"The source ports (default: {Defaults.FirstPort}-{Defaults.LastPort})",
        CustomParser = ParsePorts,
    };

    private readonly Option<string> _device = new("--device")
    {
        HelpName = "NAME",
        Description = "The name of the TUN device",
        DefaultValueFactory = _ => Defaults.DeviceName,
    };

    private readonly Option<int> _mtu = new("--mtu")
    {
        HelpName = "BYTES",
        Description = "The size of the largest packet",
        DefaultValueFactory = _ => Defaults.Mtu,
    };

    private readonly Option<bool> _noOffload = new("--no-offload")
    {
        Description = "Pass each packet alone, as on the wire. This is slower. Faults do the same",
    };

    private readonly Option<int> _queues = new("--queues")
    {
        HelpName = "N",
        Description = "How many CPU cores forward packets (default: half of them, at most 4)",
    };

    private readonly Option<int> _healthCheck = new("--health-check")
    {
        HelpName = "SECONDS",
        Description = "Interval in seconds at which each server is checked (default: 2). A server that does not answer three "
            + "times in a row gets no new connections. Without this option, all servers count as up",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = values => values.Tokens.Count == 0 ? 2 : Seconds(values, least: 1),
    };

    private readonly Option<int> _idle = TimeOption(
        "--idle", "Reset a connection that was silent for this time", Defaults.Flows.IdleTimeout);

    private readonly Option<int> _portRest = TimeOption(
        "--port-rest", "Time before a source port is used again: servers may hold it in TIME_WAIT",
        Defaults.Flows.PortRest, least: 0);

    private readonly Option<int> _maxFlows = new("--max-flows")
    {
        HelpName = "N",
        Description = "Maximum number of connections at a time. The next connection ends the one that was silent longest",
        DefaultValueFactory = _ => Defaults.Flows.MaxFlows,
    };

    private readonly Option<string?> _pcap = new("--pcap")
    {
        HelpName = "FILE",
        Description = "Write the packets of both sides into a pcapng file, with the connection as comment. An existing file is replaced",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_listeners);
        _perListener.AddTo(command);
        Option[] others = [_sources, _ports, _device, _mtu, _noOffload, _queues, _healthCheck, _idle, _portRest, _maxFlows, _pcap];
        foreach (Option option in others)
            command.Options.Add(option);
    }

    /// <exception cref="ToolException">The options conflict; the message says why.</exception>
    public LoadBalancerOptions Read(ParseResult arguments)
    {
        LoadBalancerOptions options = new()
        {
            DeviceName = arguments.GetRequiredValue(_device),
            Mtu = arguments.GetValue(_mtu),
            Offload = !arguments.GetValue(_noOffload),
            Queues = arguments.GetValue(_queues),
            CaptureFile = arguments.GetValue(_pcap),
            FirstPort = arguments.GetValue(_ports)?.First ?? Defaults.FirstPort,
            LastPort = arguments.GetValue(_ports)?.Last ?? Defaults.LastPort,
        };
        options.Flows.IdleTimeout = TimeSpan.FromSeconds(arguments.GetValue(_idle));
        options.Flows.PortRest = TimeSpan.FromSeconds(arguments.GetValue(_portRest));
        options.Flows.MaxFlows = arguments.GetValue(_maxFlows);
        foreach (ListenerOptions listener in arguments.GetRequiredValue(_listeners))
        {
            _perListener.Apply(arguments, listener);
            if (arguments.GetResult(_healthCheck) is not null)
            {
                TimeSpan interval = TimeSpan.FromSeconds(arguments.GetValue(_healthCheck));
                listener.HealthCheck = new HealthCheckOptions { Interval = interval };
            }

            options.Listeners.Add(listener);
        }

        foreach (AddressPrefix source in arguments.GetValue(_sources) is [_, ..] sources ? sources : UsualSources(options))
            options.SourceAddresses.Add(source);
        Validate(options, arguments);
        return options;
    }

    // A route for IPv6 fails on a machine without IPv6.
    private static IEnumerable<AddressPrefix> UsualSources(LoadBalancerOptions options) => options.Listeners
        .SelectMany(listener => listener.BackEnds)
        .Select(backEnd => backEnd.Address.AddressFamily == AddressFamily.InterNetwork ? IPv4Source : IPv6Source)
        .DefaultIfEmpty(IPv4Source)
        .Distinct()
        .Select(AddressPrefix.Parse);

    private void Validate(LoadBalancerOptions options, ParseResult arguments)
    {
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new ToolException($"{InWordsOfTheCommandLine(e.Message, arguments)} See toa lb --help.", e)
            {
                ExitCode = ExitCode.WrongCommandLine,
            };
        }
    }

    /// <summary>Replaces the setting's name in a message of the library with the words of the command line.</summary>
    private string InWordsOfTheCommandLine(string message, ParseResult arguments)
    {
        Match entry = Entry().Match(message);
        string rest = message[entry.Length..];
        if (int.TryParse(entry.Groups["listener"].Value, CultureInfo.InvariantCulture, out int number))
            return $"'{arguments.GetResult(_listeners)!.Tokens[number].Value}': {rest}";
        return entry.Groups["name"].Value switch
        {
            "Listeners" => $"--listen: {rest}",
            "SourceAddresses" => $"--source: {rest}",
            "FirstPort, LastPort" => $"--ports: {rest}",
            "DeviceName" => $"--device: {rest}",
            "CaptureFile" => $"--pcap: {rest}",
            "Queues" => $"--queues: {rest}",
            "Mtu" => $"--mtu: {rest}",
            "Flows.MaxFlows" => $"--max-flows: {rest}",
            _ => message,
        };
    }

    [GeneratedRegex(@"^(Listeners\[(?<listener>\d+)\][\w.\[\]]*|(?<name>[\w., ]+)): ")]
    private static partial Regex Entry();

    private static Option<int> TimeOption(string name, string description, TimeSpan usual, int least = 1) => new(name)
    {
        HelpName = "SECONDS",
        Description = description,
        CustomParser = values => Seconds(values, least),
        DefaultValueFactory = _ => (int)usual.TotalSeconds,
    };

    private static int Seconds(ArgumentResult values, int least) =>
        CommonOptions.Number(values.Tokens[0].Value, least, MostSeconds, values);

    private static AddressPrefix ParsePrefix(string text, ArgumentResult values)
    {
        try
        {
            string host = text.Contains(':', StringComparison.Ordinal) ? "/128" : "/32";
            return AddressPrefix.Parse(text.Contains('/', StringComparison.Ordinal) ? text : text + host);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            values.Refuse($"'{text}' is not an address or network. Use for example 10.64.0.1, {IPv4Source} or {IPv6Source}.");
            return default;
        }
    }

    private static (int First, int Last)? ParsePorts(ArgumentResult values)
    {
        string text = values.Tokens[0].Value;
        string[] ends = text.Split('-');
        if (ends.Length == 2 && ushort.TryParse(ends[0], out ushort first) && ushort.TryParse(ends[1], out ushort last))
            return (first, last);
        values.Refuse($"'{text}' is not a range of ports. Use {Defaults.FirstPort}-{Defaults.LastPort}.");
        return null;
    }
}
