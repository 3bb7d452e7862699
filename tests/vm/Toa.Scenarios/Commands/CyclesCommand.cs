using System;
using System.CommandLine;
using Toa.Scenarios.Endurance;

namespace Toa.Scenarios.Commands;

internal static class CyclesCommand
{
    private static readonly Option<int> s_count = new("--count")
    {
        Description = "How often",
        DefaultValueFactory = _ => 300,
    };

    public static Command Create() =>
        new Command("cycles", "Loads and unloads the module while connections come and go") { s_count }
            .OnStage((stage, arguments) =>
            {
                LoadCycles.Run(stage, arguments.GetValue(s_count), Console.WriteLine);
                return 0;
            });
}
