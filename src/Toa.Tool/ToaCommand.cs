using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Commands;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool;

/// <summary>The whole command line.</summary>
internal static class ToaCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        HelpOption help = new();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        // Not a RootCommand: its name is that of the file, which is Toa.Tool.dll for a dotnet tool.
        return new Command(
            "toa",
            "Find out why a server behind a load balancer that writes TOA (TCP Option Address) does not see its clients, "
            + "and what to do.")
        {
            DoctorCommand.Create(machine, terminal),
            StatsCommand.Create(machine, terminal),
            TableCommand.Create(machine, terminal),
            LiveCommand.Create(machine, terminal),
            ExporterCommand.Create(machine, terminal),
            CaptureCommand.Create(machine, terminal),
            DecodeCommand.Create(machine, terminal),
            WiresharkCommand.Create(terminal),
            ListenCommand.Create(terminal),
            BalancerCommand.Create(machine, terminal),
            ProviderCommand.Create(machine, terminal),
            CommonOptions.Json(),
            help,
            new VersionOption(),
        };
    }

    /// <summary>Runs a command line, and never throws.</summary>
    public static async Task<int> RunAsync(
        string[] arguments, IMachine machine, Terminal terminal, CancellationToken stop)
    {
        UserLanguage.Current = terminal.Language;
        Command command = Create(machine, terminal);
        HelpTranslation.Apply(command);
        if (Suggestions.TryPrint(command, arguments, terminal))
            return ExitCode.Fine;
        ParseResult parsed = command.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Message wrong = $"toa: {Complaint(parsed)} See {Path(parsed.CommandResult)} --help.";
            await terminal.Error.WriteLineAsync(wrong.ToString());
            return ExitCode.WrongCommandLine;
        }

        // Programs read it, in every language the same.
        if (parsed.IsJson() && parsed.Action is not HelpWithExitCodes)
            UserLanguage.Current = UserLanguage.English;

        InvocationConfiguration configuration = new()
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // Program handles the signals and cancels the token
        };
        try
        {
            return await parsed.InvokeAsync(configuration, stop);
        }
        catch (Exception e) when (e is ToolException or CannotLookException)
        {
            await terminal.Error.WriteLineAsync($"toa: {OneLine(e.Message)}");
            return e is ToolException refused ? refused.ExitCode : ExitCode.Trouble;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Message interrupted = $"interrupted.";
            await terminal.Error.WriteLineAsync($"toa: {interrupted}");
            return ExitCode.Trouble;
        }
        // The reader of the output has closed the pipe, as head does.
        catch (IOException e) when (e.HResult == Terminal.BrokenPipe)
        {
            return ExitCode.Fine;
        }
        // The disk is full, or the output is closed.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Message problem = $"cannot write the output: {OneLine(e.Message)}";
            await terminal.Error.WriteLineAsync($"toa: {problem}");
            return ExitCode.Trouble;
        }
    }

    private static string Complaint(ParseResult parsed) => parsed.UnmatchedTokens is [string unknown, ..]
        ? UnknownArgument(unknown).ToString()
        : CommandLineErrors.Select(parsed.Errors);

    private static Message UnknownArgument(string argument) => $"Unknown argument '{argument}'.";

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : command.Command.Name;

    private static string OneLine(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries));
}
