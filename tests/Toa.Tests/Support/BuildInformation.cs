using System;
using System.Linq;
using System.Reflection;

namespace Toa.Tests.Support;

/// <summary>What the build tells the tests: paths, mostly.</summary>
internal static class BuildInformation
{
    public static string Get(string key) =>
        typeof(BuildInformation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .SingleOrDefault(attribute => attribute.Key == key)?.Value
        ?? throw new InvalidOperationException($"The build did not say what {key} is.");
}
