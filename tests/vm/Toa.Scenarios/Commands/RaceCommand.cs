using System;
using System.CommandLine;
using Toa.Scenarios.Endurance;

namespace Toa.Scenarios.Commands;

internal static class RaceCommand
{
    private static readonly Option<int> s_rounds = new("--rounds")
    {
        Description = "How often",
        DefaultValueFactory = _ => 12,
    };

    private static readonly Option<int> s_connections = new("--connections")
    {
        Description = "How many in a round",
        DefaultValueFactory = _ => 30_000,
    };

    public static Command Create() =>
        new Command("race", "Accepts connections as they come in, and asks for each one's client at once")
        {
            s_rounds, s_connections,
        }.OnStage((stage, arguments) =>
        {
            for (int round = 0; round < arguments.GetValue(s_rounds); round++)
                RacingAccepts.Run(stage, arguments.GetValue(s_connections), Console.WriteLine);
            return 0;
        });
}
