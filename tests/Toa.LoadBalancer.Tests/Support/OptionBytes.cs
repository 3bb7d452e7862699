using System.Collections.Generic;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>Option bytes as TCPs send them.</summary>
internal static class OptionBytes
{
    /// <summary>What Linux offers in a SYN: MSS, SACK, timestamps, window scale. 20 bytes.</summary>
    public static byte[] LinuxSyn(ushort mss) =>
        [2, 4, (byte)(mss >> 8), (byte)mss, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7];

    /// <summary>On each segment of a connection with timestamps. 12 bytes.</summary>
    public static byte[] Timestamps => [1, 1, 8, 10, 9, 8, 7, 6, 5, 4, 3, 2];

    /// <summary>4 bytes, and 8 for each block; blocks are told apart by their number, from 1.</summary>
    public static byte[] Sack(int blocks)
    {
        List<byte> bytes = [1, 1, 5, (byte)(2 + (8 * blocks))];
        for (int block = 1; block <= blocks; block++)
            bytes.AddRange([(byte)block, 0, 0, 0, (byte)block, 0, 0, 9]);
        return [.. bytes];
    }
}
