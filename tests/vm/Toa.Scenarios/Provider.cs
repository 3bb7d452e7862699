using System;

namespace Toa.Scenarios;

/// <summary>The provider under test: one a process.</summary>
internal static class Provider
{
    private static IProvider? s_current;

    public static IProvider Current
    {
        get => s_current ?? throw new InvalidOperationException("No provider was named.");
        set => s_current = value;
    }

    public static bool IsModule => Current is KernelModule;

    public static void EnsureLoaded(this IProvider provider)
    {
        if (!provider.Loaded)
            provider.Load();
    }

    /// <summary>For what is about the module alone.</summary>
    public static KernelModule DemandModule(string reason = "about the module") =>
        Current as KernelModule ?? throw new ScenarioSkippedException($"{reason}, and the provider is eBPF");
}
