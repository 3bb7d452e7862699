using System;
using System.Buffers.Binary;
using FluentAssertions;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The checksum arithmetic, compared with its definition.</summary>
public sealed class ChecksumTests
{
    private readonly Random _random = new(1624);

    [Fact]
    public void Sums_of_any_length_are_those_of_the_definition()
    {
        for (int length = 0; length < 200; length++)
        {
            byte[] bytes = RandomBytes(length);
            InternetChecksum.Sum(bytes).Should().Be((ushort)Checksum.Sum(bytes));
        }
    }

    [Fact]
    public void An_update_gives_what_computing_anew_gives()
    {
        for (int i = 0; i < 20_000; i++)
        {
            byte[] before = RandomBytes(2 * _random.Next(12, 40));
            // Sums near 0 and 0xffff test the two zeros of ones' complement.
            if (i % 3 == 0)
                before.AsSpan(2).Fill((byte)(i % 2 == 0 ? 0x00 : 0xff));
            Checksum.Write(before, 0, 6);
            byte[] after = [.. before];
            int start = 2 * _random.Next(1, 4);
            int end = 2 * _random.Next(4, 12);
            RandomBytes(end - start).CopyTo(after, start);
            if (i % 5 == 0)
                after.AsSpan(start, end - start).Fill((byte)(i % 2 == 0 ? 0xff : 0x00));

            ChecksumDelta delta = default;
            delta.Replace(before.AsSpan(start, end - start), after.AsSpan(start, end - start));
            ushort updated = delta.Apply(BinaryPrimitives.ReadUInt16BigEndian(before));

            Checksum.Write(after, 0, 6);
            updated.Should().Be(BinaryPrimitives.ReadUInt16BigEndian(after));
        }
    }

    [Fact]
    public void The_example_of_RFC_1624()
    {
        ChecksumDelta delta = default;
        delta.ReplaceWord(0x5555, 0x3285);
        delta.Apply(0xdd2f).Should().Be(0x0000, "equation 2 would give 0xffff");
    }

    [Fact]
    public void A_mapped_address_sums_up_to_its_four_bytes()
    {
        for (int i = 0; i < 1000; i++)
        {
            uint address = (uint)_random.NextInt64();
            byte[] bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
            int sum = InternetChecksum.Sum(Addresses.FromIPv4(address));
            (sum % 0xffff).Should().Be(Checksum.Sum(bytes) % 0xffff);
        }
    }

    private byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
