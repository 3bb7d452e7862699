using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>A client of Multipath TCP (RFC 8684), up to the handshake of its first subflow.</summary>
internal static class MultipathClient
{
    private const byte Kind = 30, CapableVersion1 = 0x01, HmacSha256 = 0x01;
    private const int KeyOffset = 4, KeySize = 8;

    /// <summary>Connects with an option before the two keys on the handshake's last segment.</summary>
    public static ConnectedPair Connect(Stage stage, Listener listener, OptionBytes option, AddressFamily family = AddressFamily.InterNetwork)
    {
        IPEndPoint client = stage.NextBalancer(family);
        byte[] answer = [];
        stage.Injector.Tap = (direction, packet) =>
        {
            if (direction == PacketDirection.FromServer
                && TcpPacketView.TryParse(packet, out TcpPacketView segment)
                && segment.Destination.Equals(client)
                && segment.Flags == (TcpControlBits.Syn | TcpControlBits.Ack))
            {
                answer = segment.Options.ToArray();
            }
        };
        InjectedConnection connection = stage.Injector.Connect(new ConnectRequest
        {
            Client = client,
            Server = Stage.ServerEnd(listener, family),
            SynOptions = OptionBytes.Raw(Kind, 4, CapableVersion1, HmacSha256),
            SkipAck = true,
        });
        stage.Injector.Tap = null;

        int capable = answer.AsSpan().IndexOf((ReadOnlySpan<byte>)[Kind, KeyOffset + KeySize, CapableVersion1]);
        Expect.True(capable >= 0, $"the server does not answer with MP_CAPABLE: {Convert.ToHexString(answer)}");
        byte[] ownKey = [.. Enumerable.Range(1, KeySize).Select(i => (byte)i)];
        byte[] serversKey = answer[(capable + KeyOffset)..(capable + KeyOffset + KeySize)];
        connection.CompleteHandshake(
            option + OptionBytes.Raw([Kind, KeyOffset + 2 * KeySize, CapableVersion1, HmacSha256, .. ownKey, .. serversKey]));
        return new ConnectedPair(connection, listener.Accept());
    }
}
