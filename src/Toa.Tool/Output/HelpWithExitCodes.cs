using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;
using Toa.Tool.Language;

namespace Toa.Tool.Output;

/// <summary>The help of a command, followed by examples and the exit codes.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        using StringWriter text = new();
        parseResult.InvocationConfiguration.Output = text;
        int result = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        // The headings are texts of System.CommandLine.
        foreach (string line in text.ToString().TrimEnd().Split('\n'))
            output.WriteLine(UserLanguage.Current.Translate(line.TrimEnd()));
        output.WriteLine();

        Message examples = $"Examples:", exitCode = $"Exit code:", success = $"Success", wrong = $"Invalid command line",
            failure = $"Failure: a line on standard error, or a finding, says what is wrong and what to do";
        if (parseResult.CommandResult.Command is CommandWithExamples { Examples: var lines })
        {
            output.WriteLine(examples.ToString());
            foreach (string line in lines)
                output.WriteLine($"  {line}");
            output.WriteLine();
        }

        output.WriteLine(
            $"""
            {exitCode}
              {ExitCode.Fine}  {success}
              {ExitCode.Trouble}  {failure}
              {ExitCode.WrongCommandLine}  {wrong}

            """);
        return result;
    }
}
