using System;
using System.CommandLine;
using Toa.Scenarios.Randomized;

namespace Toa.Scenarios.Commands;

internal static class RandomCommand
{
    private static readonly Option<int> s_connections = new("--connections")
    {
        Description = "How many",
        DefaultValueFactory = _ => 200_000,
    };

    private static readonly Option<int> s_seed = new("--seed")
    {
        Description = "What all that is random follows from; another one each time by default",
        DefaultValueFactory = _ => Random.Shared.Next(),
    };

    private static readonly Option<int> s_first = new("--first")
    {
        Description = "The number of the first connection, to see one alone",
    };

    public static Command Create() =>
        new Command("random", "Makes connections with random option bytes and holds each against a model")
        {
            s_connections, s_seed, s_first,
        }.OnStage((stage, arguments) =>
        {
            int seed = arguments.GetValue(s_seed);
            Console.WriteLine($"seed {seed}");
            RandomRun.Run(
                stage, seed, arguments.GetValue(s_first), arguments.GetValue(s_connections), Console.WriteLine);
            return 0;
        });
}
