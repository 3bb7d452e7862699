namespace Toa.Internal;

/// <summary>There are no meters in .NET Standard 2.0.</summary>
internal static class ToaMetrics
{
    public static void Count(in ToaResolution resolution, bool isServed = true)
    {
    }
}
