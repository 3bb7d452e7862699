using System;
using Toa.Diagnostics;

namespace Toa.Scenarios;

/// <summary>A test that must pass on every kernel. It throws if it fails.</summary>
/// <param name="Name">A sentence, or the name of the case.</param>
/// <param name="Run">Runs it, with the provider loaded.</param>
internal sealed record Scenario(string Name, Action<Stage> Run)
{
    /// <summary>The only provider for which it runs; null means every provider.</summary>
    public ToaProviderKind? Only { get; init; }

    public static Scenario OfModule(string name, Action<Stage> run) => new(name, run) { Only = ToaProviderKind.ToaModule };

    public static Scenario OfEbpf(string name, Action<Stage> run) => new(name, run) { Only = ToaProviderKind.ToaEbpf };

    public bool IsFor(ToaProviderKind provider) => Only is null || Only == provider;
}
