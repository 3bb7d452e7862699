using System.CommandLine;

namespace Toa.Scenarios.Commands;

internal static class DemoCommand
{
    public static Command Create() =>
        new Command("demo", "Shows a server printing real clients").OnStage((_, _) =>
        {
            Demo.Run();
            return 0;
        });
}
