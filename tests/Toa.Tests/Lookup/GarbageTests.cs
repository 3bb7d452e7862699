using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>For any answers of the kernel, lookups do not throw, and return no address that is not in the answers.</summary>
public sealed class GarbageTests
{
    private const int Rounds = 20_000;
    private static readonly int[] Lengths = [0, 15, 16, 19, 20, 21, 27, 28, 29, -1];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_address_found_stands_in_one_of_the_answers(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            Answer option = Garbage(random);
            Answer peerName = Garbage(random);

            SocketError error = new ScriptedCalls { Option = option, PeerName = peerName }.Ask(out IPEndPoint? found);

            IPEndPoint? expected = ReadOption(option) ?? ReadPeerName(peerName);
            found.Should().Be(expected, "the answers were {0} {1} and {2} {3}",
                option, Convert.ToHexString(option.Bytes), peerName, Convert.ToHexString(peerName.Bytes));
            (error == SocketError.Success).Should().Be(expected is not null);
        }
    }

    /// <summary>Random bytes, in which the families, prefixes, zeros and lengths that the parser checks are frequent.</summary>
    private static Answer Garbage(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        if (random.Next(2) == 0)
            BitConverter.TryWriteBytes(bytes, (ushort)(random.Next(2) == 0 ? 2 : 10));
        int address = random.Next(2) * 8;
        if (random.Next(4) == 0)
            bytes.AsSpan(address, random.Next(17)).Clear();
        if (random.Next(4) == 0)
        {
            bytes.AsSpan(address, 10).Clear();
            bytes.AsSpan(address + 10, 2).Fill(0xff);
        }
        if (random.Next(4) == 0)
            bytes.AsSpan(16, 2).Clear();
        return new Answer(random.Next(4) == 0 ? random.Next(1, 134) : 0, bytes, Lengths[random.Next(Lengths.Length)]);
    }

    // Both are written as simply as possible with .NET, and share no code with the parsers under test.
    private static IPEndPoint? ReadOption(Answer answer)
    {
        if (answer.Errno != 0 || answer.Length != 20)
            return null;
        IPAddress address = Unmap(new IPAddress(answer.Bytes[..16]));
        int port = BinaryPrimitives.ReadUInt16BigEndian(answer.Bytes.AsSpan(16));
        int first = address.GetAddressBytes()[0];
        bool believed = address.AddressFamily == AddressFamily.InterNetwork
            ? first != 0 && first != 255 && first / 16 != 14
            : !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast;
        return believed && port != 0 && !IPAddress.IsLoopback(address) ? new IPEndPoint(address, port) : null;
    }

    private static IPEndPoint? ReadPeerName(Answer answer)
    {
        if (answer.Errno != 0)
            return null;
        int port = BinaryPrimitives.ReadUInt16BigEndian(answer.Bytes.AsSpan(2));
        return BitConverter.ToUInt16(answer.Bytes) switch
        {
            2 when answer.Length >= 16 => new IPEndPoint(new IPAddress(answer.Bytes[4..8]), port),
            10 when answer.Length >= 28 => new IPEndPoint(
                Unmap(new IPAddress(answer.Bytes[8..24], BitConverter.ToUInt32(answer.Bytes, 24))), port),
            _ => null,
        };
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    [Fact]
    public void Answers_that_were_not_written_have_no_client()
    {
        ScriptedCalls another = new()
        {
            Option = Answer.Nat64(IPAddress.Parse("2001:db8::1"), 40000), PeerName = Answer.IPv4(IPAddress.Parse("192.0.2.10"), 5555),
        };
        ScriptedCalls silent = new() { Option = new Answer(0, [], 20), PeerName = new Answer(0, [], 28) };

        for (int i = 0; i < 1000; i++)
        {
            another.Ask(out ToaResolution found, withTransportPeer: true).Should().Be(SocketError.Success);
            silent.Ask(out found, withTransportPeer: true).Should().Be(SocketError.AddressFamilyNotSupported);
            found.Should().Be(default(ToaResolution));
        }
    }
}
