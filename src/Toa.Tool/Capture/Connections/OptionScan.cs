using System;
using System.Buffers.Binary;
using System.Net;
using Toa.Shared;
using Toa.Tool.Formats;
using Toa.Tool.Machines;

namespace Toa.Tool.Capture.Connections;

/// <summary>The TOA option that a provider finds in a header, with the rules of native/include/toa_option.h.</summary>
/// <param name="Status">What it found.</param>
/// <param name="Client">The client; null if it found none.</param>
/// <param name="HasPort">Whether the format has the client's port.</param>
internal readonly record struct OptionScan(ScanStatus Status, IPEndPoint? Client = null, bool HasPort = false)
{
    private const byte FastOpenKind = 254;
    private const ushort FastOpen = 0xf989;

    /// <summary>Whether the provider does not look at another segment.</summary>
    public bool HasClient => Status == ScanStatus.Found;

    public static OptionScan Of(ReadOnlySpan<byte> options, bool isSyn, FormatSetting formats)
    {
        OptionScan scan = new(ScanStatus.Absent);
        TcpOptionWalk walk = new(options);
        while (walk.MoveNext())
        {
            if (formats.FormatOf(walk.Kind, walk.Length) is not { } format)
            {
                if (formats.HasKind(walk.Kind))
                    scan = new OptionScan(ScanStatus.WrongLength);
                continue;
            }

            // The first one with a client counts.
            if (format.Client == 0)
                continue;
            if (isSyn && walk.Kind == FastOpenKind && BinaryPrimitives.ReadUInt16BigEndian(walk.Value) == FastOpen)
                return new OptionScan(ScanStatus.FastOpen);
            OptionReading reading = OptionReading.Read(format, [walk.Kind, walk.Length, .. walk.Value]);
            return new OptionScan(ScanStatus.Found, reading.Client, format.ClientPort != 0);
        }

        return walk.IsBroken ? new OptionScan(ScanStatus.Malformed) : scan;
    }

    /// <summary>Whether the client is not a loopback, multicast or unspecified address, and has a port if the format has one.</summary>
    public bool IsUsable
    {
        get
        {
            if (Client is null || (HasPort && Client.Port == 0))
                return false;
            IPAddress address = Client.Address.Unmap();
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(address))
                return false;
            return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                ? address.GetAddressBytes()[0] >> 4 != 14
                : !address.IsIPv6Multicast;
        }
    }
}

/// <summary>What a provider finds among the options of a header.</summary>
internal enum ScanStatus
{
    /// <summary>A valid list without a TOA option.</summary>
    Absent,

    Found,

    /// <summary>A kind that it reads, with another length.</summary>
    WrongLength,

    Malformed,

    /// <summary>The first TOA option may be a Fast Open cookie.</summary>
    FastOpen,
}
