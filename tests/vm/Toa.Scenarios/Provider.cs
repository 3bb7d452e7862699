using System;

namespace Toa.Scenarios;

/// <summary>The provider under test, one for each process.</summary>
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

    /// <summary>The eBPF provider, in its own scenarios.</summary>
    public static EbpfProvider Ebpf => (EbpfProvider)Current;

    /// <summary>The module, in its own scenarios.</summary>
    public static KernelModule Module => (KernelModule)Current;
}
