using System;

namespace Toa.Scenarios;

/// <summary>The kernel or the library did not behave as expected.</summary>
internal sealed class ScenarioFailedException(string message) : Exception(message);
