using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using System.Net;
using System.Threading;
using Toa.Shared;
using Toa.Tool.Language;

namespace Toa.Tool.Commands;

/// <summary>Options of several commands, and parsers for their values.</summary>
internal static class CommonOptions
{
    private const string JsonName = "--json";

    public static Option<bool> Json() => new(JsonName)
    {
        Description = "Print JSON: one document, or one object per line if the command runs until you stop it",
        Recursive = true,
    };

    /// <summary>Whether the output is for a program.</summary>
    public static bool IsJson(this ParseResult arguments) => arguments.GetValue<bool>(JsonName);

    public static Option<string?> File(string name) => new("--file")
    {
        HelpName = "PATH",
        Description = $"Read a copy of {name}, for example from another machine; - reads standard input",
    };

    public static Option<int[]> Ports(string description) => new("--port")
    {
        HelpName = "N",
        Description = description + "; can be repeated",
        CustomParser = values => [.. values.Tokens.Select(token => Number(token.Value, 1, IPEndPoint.MaxPort, values))],
        DefaultValueFactory = _ => [],
    };

    public static Option<string?> Interface() => new("--interface", "-i")
    {
        HelpName = "NAME",
        Description = "Capture on this interface only (default: all)",
    };

    public static Option<int?> Seconds() => new("--seconds")
    {
        HelpName = "N",
        Description = "Stop after N seconds",
        CustomParser = values => Number(values.Tokens[0].Value, 1, 1_000_000, values),
    };

    /// <summary>Cancels after a number of seconds, if there is one.</summary>
    public static ITimer? CancelAfter(this CancellationTokenSource source, TimeProvider clock, int? seconds) => seconds is { } most
        ? clock.CreateTimer(_ => source.Cancel(), null, TimeSpan.FromSeconds(most), Timeout.InfiniteTimeSpan)
        : null;

    /// <summary>Parses an integer within limits.</summary>
    public static int Number(string text, int least, int most, ArgumentResult values)
    {
        if (int.TryParse(text, out int number) && number >= least && number <= most)
            return number;
        values.Refuse($"'{text}' is not a number from {least} to {most}.");
        return least;
    }

    /// <summary>Parses networks or single addresses, with the library's parser.</summary>
    public static IPNetwork[] Networks(ArgumentResult values)
    {
        List<IPNetwork> networks = [];
        foreach (string text in values.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            try
            {
                (IPAddress baseAddress, int prefixLength) = Cidr.Parse(text);
                networks.Add(new IPNetwork(baseAddress, prefixLength));
            }
            catch (FormatException e)
            {
                values.Refuse($"{e.Message}");
            }
        }

        return [.. networks];
    }
}
