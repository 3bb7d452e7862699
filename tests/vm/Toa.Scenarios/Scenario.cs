using System;
using Toa.Diagnostics;

namespace Toa.Scenarios;

/// <summary>One thing that must hold on every kernel; it throws where it does not.</summary>
/// <param name="Name">Reads as a sentence, or names the case.</param>
/// <param name="Run">Runs it, with the provider loaded.</param>
internal sealed record Scenario(string Name, Action<Stage> Run)
{
    /// <summary>The provider that it is about; null is every provider.</summary>
    public ToaProviderKind? Only { get; init; }

    public static Scenario OfModule(string name, Action<Stage> run) => new(name, run) { Only = ToaProviderKind.ToaModule };

    public static Scenario OfEbpf(string name, Action<Stage> run) => new(name, run) { Only = ToaProviderKind.ToaEbpf };

    public bool IsFor(ToaProviderKind provider) => Only is null || Only == provider;
}
