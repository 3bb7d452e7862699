using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Toa.Tool.Output;

/// <summary>The help of a command, and behind it what its exit codes mean.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(
            $"""
            Exit code:
              {ExitCode.Fine}  All is well
              {ExitCode.Trouble}  Something is wrong, or not possible here: a line on the standard error, or a finding, says what to do
              {ExitCode.WrongCommandLine}  The command line is wrong

            """);
        return result;
    }
}
