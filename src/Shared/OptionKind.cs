namespace Toa.Shared;

/// <summary>The kinds of TCP options.</summary>
internal static class OptionKind
{
    /// <summary>Whether a kind is one of TCP itself: RFC 9293, 7323, 2018, 2385, 5925, 8684, 7413, 8547 (TCP-ENO), AccECN.</summary>
    public static bool BelongsToTcp(byte kind) => kind is <= 5 or 8 or 19 or 29 or 30 or 34 or 69 or 172 or 174;
}
