using System;
using System.CommandLine;
using Toa.Scenarios.Endurance;

namespace Toa.Scenarios.Commands;

internal static class HeldCommand
{
    private static readonly Option<int> s_connections = new("--connections")
    {
        Description = "How many",
        DefaultValueFactory = _ => 50_000,
    };

    public static Command Create() =>
        new Command("held", "Holds connections open and reads the table of them while others come and go") { s_connections }
            .OnStage((stage, arguments) =>
            {
                HeldConnections.Run(stage, arguments.GetValue(s_connections), Console.WriteLine);
                return 0;
            });
}
