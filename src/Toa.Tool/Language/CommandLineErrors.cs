using System;
using System.Collections.Generic;
using System.CommandLine.Parsing;
using System.Linq;
using System.Text.RegularExpressions;

namespace Toa.Tool.Language;

/// <summary>Errors of a command line: those of this tool, and those of System.CommandLine, which are English.</summary>
internal static partial class CommandLineErrors
{
    private static readonly (Regex English, Func<string[], Message> Translate)[] Known =
    [
        (CommandMissing(), _ => $"Required command was not provided."),
        (OptionArgumentMissing(), found => $"Required argument missing for option: '{found[0]}'."),
        (CommandArgumentMissing(), found => $"Required argument missing for command: '{found[0]}'."),
        (TooManyArguments(), found => $"Option '{found[0]}' expects a single argument but {found[1]} were provided."),
        (NotAmong(), found => $"Argument '{found[0]}' not recognized. Must be one of: {found[1]}"),
        (OptionMissing(), found => $"Option '{found[0]}' is required."),
        (WrongType(), found => $"Cannot parse argument '{found[0]}' for option '{found[1]}'."),
    ];

    /// <summary>Reports an error in a value.</summary>
    public static void Refuse(this SymbolResult value, Message error) => value.AddError(error.ToString());

    /// <summary>
    /// The message to show. A missing option comes last: System.CommandLine reports it first, but it may only be misspelled.
    /// </summary>
    public static string Select(IReadOnlyList<ParseError> errors) =>
        Translate(errors.OrderBy(error => OptionMissing().IsMatch(error.Message)).First().Message);

    /// <summary>The message of an error on one line, in the user's language.</summary>
    private static string Translate(string error)
    {
        string line = string.Join(' ', error.Split('\n', StringSplitOptions.TrimEntries));
        foreach ((Regex english, Func<string[], Message> translate) in Known)
        {
            if (english.Match(line) is { Success: true } match)
                return translate([.. match.Groups.Values.Skip(1).Select(group => group.Value)]).ToString();
        }

        return line;
    }

    [GeneratedRegex(@"^Required command was not provided\.$")]
    private static partial Regex CommandMissing();

    [GeneratedRegex(@"^Required argument missing for option: '(.*)'\.$")]
    private static partial Regex OptionArgumentMissing();

    [GeneratedRegex(@"^Required argument missing for command: '(.*)'\.$")]
    private static partial Regex CommandArgumentMissing();

    [GeneratedRegex(@"^Option '(.*)' expects a single argument but (\d+) were provided\.$")]
    private static partial Regex TooManyArguments();

    [GeneratedRegex(@"^Argument '(.*)' not recognized\. Must be one of: ?(.*)$")]
    private static partial Regex NotAmong();

    [GeneratedRegex(@"^Option '(.*)' is required\.$")]
    private static partial Regex OptionMissing();

    [GeneratedRegex(@"^Cannot parse argument '(.*)' for option '(.*)' as expected type '.*'\.")]
    private static partial Regex WrongType();
}
