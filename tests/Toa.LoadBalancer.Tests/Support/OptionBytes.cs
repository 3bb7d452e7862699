using System.Collections.Generic;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>Option bytes in the format of real TCP implementations.</summary>
internal static class OptionBytes
{
    /// <summary>The options in a SYN from Linux: MSS, SACK, timestamps, window scale. 20 bytes.</summary>
    public static byte[] LinuxSyn(ushort mss) =>
        [2, 4, (byte)(mss >> 8), (byte)mss, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7];

    /// <summary>The option on each segment of a connection with timestamps. 12 bytes.</summary>
    public static byte[] Timestamps => [1, 1, 8, 10, 9, 8, 7, 6, 5, 4, 3, 2];

    /// <summary>4 bytes, and 8 for each block. Blocks are distinguished by their number, which starts at 1.</summary>
    public static byte[] Sack(int blocks)
    {
        List<byte> bytes = [1, 1, 5, (byte)(2 + (8 * blocks))];
        for (int block = 1; block <= blocks; block++)
            bytes.AddRange([(byte)block, 0, 0, 0, (byte)block, 0, 0, 9]);
        return [.. bytes];
    }
}
