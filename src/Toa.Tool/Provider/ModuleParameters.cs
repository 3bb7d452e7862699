using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using System.Net;
using Toa.Tool.Commands;
using Toa.Tool.Formats;
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

    private readonly Option<FormatSetting?> _formats = new("--formats")
    {
        HelpName = "LIST",
        Description = "The TOA options to read: vendors such as tencent, alibaba-vpc, huawei or akamai, KIND/8 (port and IPv4 address) "
            + "and KIND/20 (port and IPv6 address); can be repeated (default: tencent)",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ReadFormats,
    };

    private readonly Option<bool> _syn = new("--syn") { Description = "Read TOA options on the SYN too" };

    private readonly Option<bool> _nat64PeerName = new("--nat64-getpeername")
    {
        Description = "accept and getpeername return NAT64 clients on dual-mode sockets too",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_trusted, _formats, _syn, _nat64PeerName])
            command.Options.Add(option);
    }

    /// <summary>Whether the command line has trusted networks.</summary>
    public bool NamesTrusted(ParseResult arguments) => arguments.GetResult(_trusted) is { Implicit: false };

    /// <summary>The parameters in the form for modprobe and insmod.</summary>
    public IReadOnlyList<string> Read(ParseResult arguments)
    {
        List<string> parameters = [];
        if (arguments.GetRequiredValue(_trusted) is { Length: > 0 } trusted)
            parameters.Add($"trusted={string.Join(',', trusted)}");
        if (arguments.GetValue(_formats) is { } formats)
            parameters.Add($"{FormatSetting.Name}={formats.Text}");
        if (arguments.GetValue(_syn))
            parameters.Add("syn=Y");
        if (arguments.GetValue(_nat64PeerName))
            parameters.Add("nat64_getpeername=Y");
        return parameters;
    }

    /// <summary>Parses the setting <c>formats</c>.</summary>
    public static FormatSetting? ReadFormats(ArgumentResult values)
    {
        string list = string.Join(',', values.Tokens.Select(token => token.Value));
        if (!FormatSetting.TryParse(list, out FormatSetting? formats, out Message? problem))
            values.Refuse($"--formats: {problem}");
        return formats;
    }
}
