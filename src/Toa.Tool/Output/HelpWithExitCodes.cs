using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;
using Toa.Tool.Language;

namespace Toa.Tool.Output;

/// <summary>The help of a command, followed by examples and the exit codes.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    private const string DefaultValue = "[default: ";

    /// <summary>The help of a command does not need what the command requires.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        TextWriter output = parseResult.InvocationConfiguration.Output;
        (int result, string text) = Capture(parseResult);
        UserLanguage language = UserLanguage.Current;
        foreach (string line in text.TrimEnd().Split('\n'))
            output.WriteLine(language.Translate(line.TrimEnd()).Replace(DefaultValue, language.Translate(DefaultValue)));
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

    /// <summary>The help as System.CommandLine writes it. It is captured, because its headings are English.</summary>
    private (int Result, string Text) Capture(ParseResult parseResult)
    {
        // It counts characters where a line ends, but a Chinese one takes two columns: leave that to the terminal.
        if (UserLanguage.Current != UserLanguage.English)
            help.MaxWidth = int.MaxValue;
        InvocationConfiguration configuration = parseResult.InvocationConfiguration;
        TextWriter output = configuration.Output;
        using StringWriter text = new();
        configuration.Output = text;
        try
        {
            return (help.Invoke(parseResult), text.ToString());
        }
        finally
        {
            configuration.Output = output;
        }
    }
}
