using System.Collections.Generic;

namespace Toa.Scenarios.Suite;

/// <summary>The functional suite, in the order in which it runs.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<Scenario> List => [.. Kernel, .. Programs];

    /// <summary>The provider itself, as system calls and the library see it.</summary>
    public static IReadOnlyList<Scenario> Kernel { get; } =
    [
        .. OptionCases.All(),
        .. MalformedCases.All(),
        .. RandomCases.All(),
        .. AbiCases.All(),
        .. SettingCases.All(),
        .. SynCases.All(),
        .. TableCases.All(),
        .. CoexistenceCases.All(),
        .. MultipathCases.All(),
        .. LifeCases.All(),
        .. UnloadCases.All(),
        .. FaultCases.All(),
        .. SilenceCases.All(),
        .. LibraryCases.All(),
        .. EbpfCases.All(),
    ];

    /// <summary>What programs make of it: as good on one kernel as on another, and slow in a guest.</summary>
    private static IReadOnlyList<Scenario> Programs { get; } =
    [
        .. ListenCases.All(),
        .. WhoAmICases.All(),
        .. ToolCases.All(),
        .. BalancerCases.All(),
    ];
}
