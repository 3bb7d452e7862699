using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using FluentAssertions;
using Toa.Internal;
using Toa.Interop;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Sockets;

/// <summary>A lookup holds the socket's descriptor during its system calls, and not longer.</summary>
public sealed class HeldHandleTests
{
    [Fact]
    public void The_descriptor_stays_the_socket_s_through_both_calls()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        DisposalInBetween disposal = new(connection);

        PeerLookup.AskKernel(connection.Server, withTransportPeer: false, accepted: default, new DisposingCalls(disposal), out _);

        disposal.Join();
        disposal.SocketAtPeerName.Should().NotBeNull().And.Be(disposal.SocketAtOption);
    }

    [Fact]
    public void The_descriptor_is_closed_by_a_disposal_afterwards()
    {
        using TcpConnection connection = TcpConnection.IPv4();
        connection.Server.TryGetRealRemoteEndPoint(out _).Should().BeTrue();

        connection.CloseServer();

        connection.Client.Poll((int)Deadline.Time.TotalMicroseconds, SelectMode.SelectRead).Should().BeTrue();
        connection.Client.Receive(new byte[1]).Should().Be(0);
    }

    [Fact]
    public void Disposals_amid_hammering_calls_give_the_right_client_or_none()
    {
        for (int round = 0; round < 200; round++)
        {
            using TcpConnection connection = round % 2 == 0 ? TcpConnection.IPv4() : TcpConnection.IPv4ToDualMode();
            Hammer trying = new(() => connection.Server.TryGetRealRemoteEndPoint(out IPEndPoint? found) ? found : null);
            Hammer getting = new(() => GetOrNull(connection.Server));
            trying.WaitForFirst();
            getting.WaitForFirst();

            connection.CloseServer();
            // Reuses the number of the closed descriptor. A lookup must not use this connection.
            using TcpConnection successor = TcpConnection.IPv4();

            trying.Join().Should().OnlyContain(found => found.Equals(connection.ClientEndPoint));
            getting.Join().Should().OnlyContain(found => found.Equals(connection.ClientEndPoint));
        }
    }

    private static IPEndPoint? GetOrNull(Socket socket)
    {
        try
        {
            return socket.GetRealRemoteEndPoint();
        }
        // A disposal in progress first ends the connection, and then closes the socket.
        catch (Exception e) when (
            e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.NotConnected })
        {
            return null;
        }
    }

    private static string DescriptorFile(nint handle) => new FileInfo($"/proc/self/fd/{handle}").LinkTarget ?? "";

    /// <summary>Disposes of a socket between the two calls of a lookup.</summary>
    private sealed class DisposalInBetween(TcpConnection connection)
    {
        private readonly Thread _thread = new(connection.Server.Dispose) { IsBackground = true };

        public string? SocketAtOption { get; private set; }

        public string? SocketAtPeerName { get; private set; }

        public void AtOption(nint handle)
        {
            // Act on the first of the two getsockopt calls.
            if (SocketAtOption is not null)
                return;
            SocketAtOption = DescriptorFile(handle);
            _thread.Start();
            // Dispose first releases the handle, which closes the descriptor if no lookup holds it, and then ends the
            // connection. A reset is first visible as an error, at which Poll returns false early, and then as the end of the
            // connection.
            Deadline.WaitUntil(() => connection.Client.Poll(microSeconds: 1000, SelectMode.SelectRead), "the connection has ended");
        }

        public void AtPeerName(nint handle) => SocketAtPeerName = DescriptorFile(handle);

        public void Join() => Deadline.Join(_thread);
    }

    private readonly struct DisposingCalls(DisposalInBetween disposal) : ISocketCalls
    {
        public bool IsLinux => true;

        public OptionSupport Providers { get; } = new();

        public OptionSupport Vtoa { get; } = new();

        public OptionSupport LookupWithVtoa { get; } = new();

        public OptionSupport ShortVtoa { get; } = new();

        public bool MayRewriteNames => false;

        public int GetOption(nint socket, int level, int name, Span<byte> answer, out int length)
        {
            disposal.AtOption(socket);
            return default(LibcCalls).GetOption(socket, level, name, answer, out length);
        }

        public int GetPeerName(nint socket, Span<byte> answer, out int length)
        {
            disposal.AtPeerName(socket);
            return default(LibcCalls).GetPeerName(socket, answer, out length);
        }
    }
}
