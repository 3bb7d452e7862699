namespace Toa.Internal;

/// <summary>Does nothing: .NET Standard 2.0 has no meters.</summary>
internal static class ToaMetrics
{
    public static void Count(in ToaResolution resolution, bool isServed = true)
    {
    }
}
