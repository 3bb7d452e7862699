namespace Toa.Injector.Connections;

/// <summary>
/// Order among sequence numbers and timestamps, which wrap: what is less than half the circle ahead is later.
/// </summary>
internal static class SequenceNumber
{
    internal static bool IsBefore(uint left, uint right) => (int)(left - right) < 0;

    internal static bool IsAfter(uint left, uint right) => (int)(left - right) > 0;
}
