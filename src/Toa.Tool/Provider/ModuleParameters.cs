using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using System.Net;
using Toa.LoadBalancing;
using Toa.Tool.Commands;
using Toa.Tool.Language;

namespace Toa.Tool.Provider;

/// <summary>The module's parameters as command-line options.</summary>
internal sealed class ModuleParameters
{
    private readonly Option<IPNetwork[]> _trusted = new("--trusted")
    {
        HelpName = "CIDR",
        Description = "The networks of your balancers: TOA options from other sources are ignored; can be repeated",
        CustomParser = CommonOptions.Networks,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int[]> _ipv4Kinds = Kinds(
        "--ipv4-kinds", "Kinds of TOA options with an IPv4 client, for example 200,254", Kind);

    private readonly Option<int[]> _ipv6Kinds = Kinds(
        "--ipv6-kinds", "Kinds of TOA options with an IPv6 client, for example 253,254", IPv6Kind);

    private readonly Option<bool> _syn = new("--syn") { Description = "Read TOA options on the SYN too" };

    private readonly Option<bool> _nat64PeerName = new("--nat64-getpeername")
    {
        Description = "accept and getpeername return NAT64 clients on dual-mode sockets too",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_trusted, _ipv4Kinds, _ipv6Kinds, _syn, _nat64PeerName])
            command.Options.Add(option);
    }

    /// <summary>The parameters in the form for modprobe and insmod.</summary>
    public IReadOnlyList<string> Read(ParseResult arguments)
    {
        List<string> parameters = [];
        AddList("trusted", arguments.GetRequiredValue(_trusted));
        AddList("ipv4_kinds", arguments.GetRequiredValue(_ipv4Kinds));
        AddList("ipv6_kinds", arguments.GetRequiredValue(_ipv6Kinds));
        if (arguments.GetValue(_syn))
            parameters.Add("syn=Y");
        if (arguments.GetValue(_nat64PeerName))
            parameters.Add("nat64_getpeername=Y");
        return parameters;

        void AddList<T>(string name, T[] values)
        {
            if (values.Length > 0)
                parameters.Add($"{name}={string.Join(',', values)}");
        }
    }

    private static Option<int[]> Kinds(string name, string description, Func<string, ArgumentResult, int> parse) => new(name)
    {
        HelpName = "N,N",
        Description = description,
        CustomParser = values => [.. values.Tokens.SelectMany(token => token.Value.Split(','))
            .Select(word => parse(word, values))],
        DefaultValueFactory = _ => [],
    };

    private static int Kind(string word, ArgumentResult values) => CommonOptions.Number(word, 2, 255, values);

    private static int IPv6Kind(string word, ArgumentResult values)
    {
        int kind = Kind(word, values);
        if (kind == ToaOptionFormat.Vpc.Kind)
            values.Refuse($"'{word}' is not a kind of options with an IPv6 client: {ToaOptionFormat.VpcProblem}.");
        return kind;
    }
}
