using System;

namespace Toa.Scenarios;

/// <summary>One thing that must hold on every kernel; it throws where it does not.</summary>
/// <param name="Name">Reads as a sentence, or names the case.</param>
/// <param name="Run">Runs it, with the provider loaded.</param>
internal sealed record Scenario(string Name, Action<Stage> Run);
