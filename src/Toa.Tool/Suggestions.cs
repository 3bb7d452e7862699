using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Toa.Tool.Output;

namespace Toa.Tool;

/// <summary>
/// What a shell completes: <c>toa "[suggest:POSITION]" "COMMAND LINE"</c> prints the words that fit there, one per line. It is the
/// directive of System.CommandLine, which only a RootCommand has.
/// </summary>
internal static partial class Suggestions
{
    /// <summary>Prints the suggestions if the arguments ask for them.</summary>
    public static bool TryPrint(Command command, string[] arguments, Terminal terminal)
    {
        if (arguments is not [string directive, string line] || Directive().Match(directive) is not { Success: true } match)
            return false;
        int position = int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out int at) && at < line.Length ? at : line.Length;
        // Without /h and /?, which System.CommandLine has for Windows.
        foreach (string word in command.Parse(line[..position]).GetCompletions().Select(item => item.Label).Distinct())
        {
            if (!word.StartsWith('/'))
                terminal.Output.WriteLine(word);
        }

        return true;
    }

    [GeneratedRegex(@"^\[suggest:([0-9]+)\]$")]
    private static partial Regex Directive();
}
