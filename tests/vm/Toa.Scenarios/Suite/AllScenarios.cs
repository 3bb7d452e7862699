using System.Collections.Generic;

namespace Toa.Scenarios.Suite;

/// <summary>The functional suite, in order.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<Scenario> List => [.. Kernel, .. Programs];

    /// <summary>The provider itself, through system calls and the library.</summary>
    public static IReadOnlyList<Scenario> Kernel { get; } =
    [
        .. OptionCases.All(),
        .. MalformedCases.All(),
        .. FormatCases.All(),
        .. RandomCases.All(),
        .. AbiCases.All(),
        .. SettingCases.All(),
        .. SynCases.All(),
        .. TableCases.All(),
        .. CoexistenceCases.All(),
        .. TracerCases.All(),
        .. MultipathCases.All(),
        .. LifeCases.All(),
        .. UnloadCases.All(),
        .. FaultCases.All(),
        .. SilenceCases.All(),
        .. LibraryCases.All(),
        .. EbpfCases.All(),
    ];

    /// <summary>Programs that use the provider. They do not depend on the kernel, and are slow in a guest.</summary>
    private static IReadOnlyList<Scenario> Programs { get; } =
    [
        .. ListenCases.All(),
        .. WhoAmICases.All(),
        .. ToolCases.All(),
        .. BalancerCases.All(),
        .. RuleCases.All(),
    ];
}
