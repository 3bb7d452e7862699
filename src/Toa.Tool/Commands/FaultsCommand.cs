using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using Toa.Tool.Balancing;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa lb faults</c></summary>
internal static class FaultsCommand
{
    private static readonly string[] Examples =
    [
        "sudo toa lb faults",
        "sudo toa lb faults 198.51.100.1:80 --fault drop=5 --fault to-servers:latency=50ms",
        "sudo toa lb faults --clear",
    ];

    public static Command Create(IMachine machine, Terminal terminal)
    {
        ControlOptions control = new(machine);
        Argument<IPEndPoint?> listener = ControlOptions.EndPoint(
            "LISTENER", "The virtual address of the listener (default: all listeners)")!;
        listener.Arity = ArgumentArity.ZeroOrOne;
        Option<string[]> faults = new("--fault")
        {
            HelpName = FaultArgument.Form,
            Description = "Replace the faults by this one, as toa lb --fault; can be repeated",
            CustomParser = ParseFaults,
            DefaultValueFactory = _ => [],
        };
        Option<int?> seed = new("--seed") { HelpName = "N", Description = "Select the same packets in every run" };
        Option<bool> clear = new("--clear") { Description = "Remove all faults" };
        CommandWithExamples command = new(
            "faults", "Show the faults of a running balancer, or replace them with --fault or --clear.", Examples)
        {
            listener, faults, seed, clear,
        };
        control.AddTo(command, withBackEnd: false);
        command.Validators.Add(given => Check(given, faults, seed, clear));
        command.SetAction(async (arguments, stop) =>
        {
            using ControlClient client = control.Connect(arguments);
            string[] wanted = arguments.GetRequiredValue(faults);
            FaultsDocument shown = await client.ListFaultsAsync(stop);
            if (arguments.GetValue(listener) is { } only)
                shown = Select(shown, only.ToString());
            if (wanted.Length > 0 || arguments.GetValue(clear))
                shown = await ReplaceAsync(client, shown, wanted, arguments.GetValue(seed), stop);
            if (arguments.IsJson())
                ToolJson.Write(terminal, shown, ToolJson.Plain.FaultsDocument);
            else
                Print(terminal, shown);
            return ExitCode.Fine;
        });
        return command;
    }

    // Parsed here too, because a wrong command line must not reach the balancer.
    private static string[] ParseFaults(ArgumentResult values)
    {
        FaultArgument.ParseAll(values);
        return [.. values.Tokens.Select(token => token.Value)];
    }

    private static void Check(CommandResult given, Option<string[]> faults, Option<int?> seed, Option<bool> clear)
    {
        bool hasFaults = given.GetResult(faults) is { Implicit: false };
        if (hasFaults && given.GetValue(clear))
            given.Refuse($"--fault and --clear exclude each other: --fault replaces the faults that there are.");
        else if (!hasFaults && given.GetResult(seed) is { Implicit: false })
            given.Refuse($"--seed needs --fault: without faults, there is nothing to select.");
    }

    private static FaultsDocument Select(FaultsDocument all, string listener)
    {
        ListenerFaultsDocument[] meant = [.. all.Listeners.Where(one => one.VirtualAddress == listener)];
        return meant.Length > 0
            ? new FaultsDocument(meant)
            : throw new ToolException(
                $"{listener} is not a virtual address of this balancer. It has: {string.Join(", ", all.Listeners.Select(one => one.VirtualAddress))}.");
    }

    private static async Task<FaultsDocument> ReplaceAsync(
        ControlClient client, FaultsDocument meant, string[] faults, int? seed, CancellationToken stop)
    {
        List<ListenerFaultsDocument> changed = [];
        foreach (ListenerFaultsDocument listener in meant.Listeners)
            changed.AddRange((await client.SetFaultsAsync(new(listener.VirtualAddress, faults, seed), stop)).Listeners);
        return new FaultsDocument(changed);
    }

    private static void Print(Terminal terminal, FaultsDocument shown)
    {
        Table table = Tables.Create(terminal).Add("virtual address").Add("faults").Add("seed", isNumber: true);
        foreach (ListenerFaultsDocument listener in shown.Listeners)
        {
            table.AddPlainRow(
            [
                listener.VirtualAddress ?? "-", listener.Faults is [_, ..] faults ? string.Join(' ', faults) : "-",
                listener.Seed?.ToString(CultureInfo.InvariantCulture) ?? "-",
            ]);
        }

        terminal.Rich.Write(table);
    }
}
