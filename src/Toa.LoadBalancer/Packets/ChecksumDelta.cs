using System;

namespace Toa.LoadBalancing.Packets;

/// <summary>
/// Collects what changes under a checksum, and updates it (RFC 1624). A checksum that was wrong before stays wrong:
/// computing it anew would make damaged data look sound.
/// </summary>
internal struct ChecksumDelta
{
    private ulong _sum;

    public void ReplaceWord(int oldWord, int newWord) => _sum += (ushort)~oldWord + (ulong)(ushort)newWord;

    public void ReplaceAddress(UInt128 oldAddress, UInt128 newAddress) =>
        ReplaceWord(InternetChecksum.Sum(oldAddress), InternetChecksum.Sum(newAddress));

    /// <summary>Both begin at an even distance from the segment's start.</summary>
    public void Replace(ReadOnlySpan<byte> oldBytes, ReadOnlySpan<byte> newBytes) =>
        ReplaceWord(InternetChecksum.Sum(oldBytes), InternetChecksum.Sum(newBytes));

    // ~(~HC + ~m + m'), equation 3: the older equation 2 turns out 0xffff where it should be 0.
    public readonly ushort Apply(ushort checksum) => (ushort)~InternetChecksum.Fold((ushort)~checksum + _sum);
}
