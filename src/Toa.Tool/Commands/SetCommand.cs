using System.CommandLine;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa lb set</c></summary>
internal static class SetCommand
{
    private static readonly string[] Examples =
    [
        "sudo toa lb set 198.51.100.1:80 10.0.0.2:8080 --weight 3",
    ];

    public static Command Create(IMachine machine, Terminal terminal)
    {
        ControlOptions control = new(machine);
        Option<int> weight = new("--weight")
        {
            HelpName = "N",
            Description = "The server's share of the new connections, relative to the other weights; with 0, it gets no new ones",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, 1_000_000, values),
            Required = true,
        };
        CommandWithExamples command = new(
            "set", "Change the weight of a server behind a running balancer. Its open connections continue.", Examples) { weight };
        control.AddTo(command, withBackEnd: true);
        command.SetAction(async (arguments, stop) =>
        {
            using ControlClient client = control.Connect(arguments);
            WeightRequest request = new(control.Listener(arguments), control.BackEnd(arguments), arguments.GetValue(weight));
            BackEndsDocument changed = await client.SetWeightAsync(request, stop);
            if (arguments.IsJson())
            {
                ToolJson.Write(terminal, changed, ToolJson.Plain.BackEndsDocument);
                return ExitCode.Fine;
            }

            Message done = $"{request.BackEnd} behind {request.VirtualAddress} has the weight {request.Weight}.";
            terminal.Output.WriteLine(done.ToString());
            return ExitCode.Fine;
        });
        return command;
    }
}
