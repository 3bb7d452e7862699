using System.Collections.Generic;
using Toa.Scenarios.Endurance;
using Toa.Scenarios.Randomized;

namespace Toa.Scenarios.Suite;

/// <summary>
/// Short versions of the long runs. The random run always has the same seed, so that a failure can be repeated.
/// </summary>
internal static class RandomCases
{
    public static IEnumerable<Scenario> All() =>
    [
        new("2000 connections with random option bytes are read as the model reads them",
            stage => RandomRun.Run(stage, seed: 1, first: 0, count: 2000, report: _ => { })),
        new("1000 connections that are accepted as they come in have their clients",
            stage => RacingAccepts.Run(stage, 1000, _ => { })),
    ];
}
