using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;

namespace Toa.Tool.Output;

/// <summary>The help of a command, followed by examples and the exit codes.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is CommandWithExamples { Examples: var examples })
        {
            output.WriteLine("Examples:");
            foreach (string example in examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }

        output.WriteLine(
            $"""
            Exit code:
              {ExitCode.Fine}  Success
              {ExitCode.Trouble}  Failure: a line on standard error, or a finding, says what is wrong and what to do
              {ExitCode.WrongCommandLine}  Invalid command line

            """);
        return result;
    }
}
