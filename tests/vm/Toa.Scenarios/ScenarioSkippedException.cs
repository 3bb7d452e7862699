using System;

namespace Toa.Scenarios;

/// <summary>The kernel or the module was built without a feature that the scenario requires.</summary>
internal sealed class ScenarioSkippedException(string message) : Exception(message)
{
    /// <summary>Throws on kernels that are older than the first version with the required feature.</summary>
    public static void ThrowBefore(int major, int minor, string without)
    {
        if (Environment.OSVersion.Version < new Version(major, minor))
            throw new ScenarioSkippedException(without);
    }
}
