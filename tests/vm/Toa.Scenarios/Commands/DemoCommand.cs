using System.CommandLine;

namespace Toa.Scenarios.Commands;

internal static class DemoCommand
{
    public static Command Create() =>
        new Command("demo", "Shows the echo server printing real clients").OnStage((stage, _) =>
        {
            Demo.Run(stage);
            return 0;
        });
}
