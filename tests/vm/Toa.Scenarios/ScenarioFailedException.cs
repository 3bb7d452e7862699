using System;

namespace Toa.Scenarios;

/// <summary>The kernel, or the library, did not do what it should.</summary>
internal sealed class ScenarioFailedException(string message) : Exception(message);
