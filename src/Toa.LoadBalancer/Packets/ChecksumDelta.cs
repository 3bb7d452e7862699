using System;

namespace Toa.LoadBalancing.Packets;

/// <summary>
/// Collects the changes of checksummed data, and updates the checksum (RFC 1624). A wrong checksum stays wrong: a newly
/// computed one would make damaged data look valid.
/// </summary>
internal struct ChecksumDelta
{
    private ulong _sum;

    public void ReplaceWord(int oldWord, int newWord) => _sum += (ushort)~oldWord + (ulong)(ushort)newWord;

    public void ReplaceAddress(UInt128 oldAddress, UInt128 newAddress) =>
        ReplaceWord(InternetChecksum.Sum(oldAddress), InternetChecksum.Sum(newAddress));

    /// <summary>Both spans must begin at an even offset from the start of the segment.</summary>
    public void Replace(ReadOnlySpan<byte> oldBytes, ReadOnlySpan<byte> newBytes) =>
        ReplaceWord(InternetChecksum.Sum(oldBytes), InternetChecksum.Sum(newBytes));

    // ~(~HC + ~m + m'), equation 3: equation 2 can give 0xffff where 0 is correct.
    public readonly ushort Apply(ushort checksum) => (ushort)~InternetChecksum.Fold((ushort)~checksum + _sum);
}
