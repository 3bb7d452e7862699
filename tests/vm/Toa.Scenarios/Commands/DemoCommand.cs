using System.CommandLine;

namespace Toa.Scenarios.Commands;

internal static class DemoCommand
{
    private static readonly Option<string?> s_until = new("--until")
    {
        Description = "Clients connect until this file exists",
    };

    public static Command Create() =>
        new Command("demo", "Shows a server printing real clients") { s_until }.OnStage((_, arguments) =>
        {
            Demo.Run(arguments.GetValue(s_until));
            return 0;
        });
}
