using System.Collections.Generic;

namespace Toa.Scenarios.Suite;

/// <summary>The functional suite, in the order in which it runs.</summary>
internal static class AllScenarios
{
    public static IReadOnlyList<Scenario> List { get; } =
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
        .. EchoServerCases.All(),
        .. WhoAmICases.All(),
        .. ToolCases.All(),
        .. BalancerCases.All(),
        .. EbpfCases.All(),
    ];
}
