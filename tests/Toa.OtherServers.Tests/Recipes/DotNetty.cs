using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using DotNetty.Transport.Channels;
using DotNetty.Transport.Channels.Sockets;

namespace Toa.OtherServers.Tests.Recipes;

/// <summary>For <c>ServerBootstrap.Handler</c>: each accepted channel passes through it.</summary>
internal sealed class RealClientHandler(ToaResolver toa) : ChannelHandlerAdapter
{
    public override bool IsSharable => true;

    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        Socket socket = SocketOf((TcpSocketChannel)message);
        if (toa.TryResolve(socket, out ToaResolution found))
            context.FireChannelRead(new RealClientChannel(context.Channel, socket, found.Client.ToIPEndPoint()));
        else
            socket.Dispose(); // The options refuse it, or it has ended already.
    }

    // Protected: subclasses may use it, but DotNetty makes the accepted channels itself.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "Socket")]
    private static extern ref Socket SocketOf(AbstractSocketChannel channel);

    private sealed class RealClientChannel : TcpSocketChannel
    {
        private readonly IPEndPoint _client;

        public RealClientChannel(IChannel server, Socket socket, IPEndPoint client)
            : base(server, socket)
        {
            _client = client;
            SetState(StateFlags.Active);
        }

        protected override EndPoint RemoteAddressInternal => _client;
    }
}
