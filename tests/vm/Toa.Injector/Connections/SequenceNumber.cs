namespace Toa.Injector.Connections;

/// <summary>
/// The order of sequence numbers and timestamps, which wrap: a number that is less than half the range ahead is later.
/// </summary>
internal static class SequenceNumber
{
    internal static bool IsBefore(uint left, uint right) => (int)(left - right) < 0;

    internal static bool IsAfter(uint left, uint right) => (int)(left - right) > 0;
}
