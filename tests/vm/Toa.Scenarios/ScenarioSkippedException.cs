using System;

namespace Toa.Scenarios;

/// <summary>The kernel or the module was built without what the scenario is about.</summary>
internal sealed class ScenarioSkippedException(string message) : Exception(message);
