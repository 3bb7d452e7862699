using System;
using System.CommandLine;
using Toa.Scenarios.Suite;

namespace Toa.Scenarios.Commands;

internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Lists the scenarios");
        command.SetAction(_ =>
        {
            foreach (Scenario scenario in AllScenarios.List)
                Console.WriteLine(scenario.Name);
        });
        return command;
    }
}
