namespace Toa.LoadBalancing.Flows;

/// <summary>Compares TCP sequence numbers, which wrap around: a number is later if it is less than 2^31 ahead.</summary>
internal static class SequenceNumber
{
    public static bool IsAfter(uint number, uint other) => (int)(number - other) > 0;

    public static bool IsAtOrAfter(uint number, uint other) => (int)(number - other) >= 0;

    public static bool IsBetween(uint number, uint first, uint last) => number - first <= last - first;
}
