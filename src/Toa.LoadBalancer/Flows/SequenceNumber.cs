namespace Toa.LoadBalancing.Flows;

/// <summary>TCP's numbers wrap around: of two, that one is later which is less than half of the way ahead.</summary>
internal static class SequenceNumber
{
    public static bool IsAfter(uint number, uint other) => (int)(number - other) > 0;

    public static bool IsAtOrAfter(uint number, uint other) => (int)(number - other) >= 0;

    public static bool IsBetween(uint number, uint first, uint last) => number - first <= last - first;
}
