using System;
using System.Linq;
using System.Reflection;

namespace Toa.Tests.Support;

/// <summary>Values that the build passes to the tests, mostly paths.</summary>
internal static class BuildInformation
{
    public static string Get(string key) =>
        typeof(BuildInformation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .SingleOrDefault(attribute => attribute.Key == key)?.Value
        ?? throw new InvalidOperationException($"The build did not say what {key} is.");
}
