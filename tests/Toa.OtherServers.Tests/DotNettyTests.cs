using System.Net;
using System.Text;
using System.Threading.Tasks;
using DotNetty.Buffers;
using DotNetty.Transport.Bootstrapping;
using DotNetty.Transport.Channels;
using DotNetty.Transport.Channels.Sockets;
using FluentAssertions;
using Toa.OtherServers.Tests.Recipes;
using Toa.OtherServers.Tests.Support;
using Toa.Tests.Support;
using Xunit;

namespace Toa.OtherServers.Tests;

/// <summary>Channels of DotNetty.</summary>
public sealed class DotNettyTests : RecipeTests
{
    // Not shut down: rarely, DotNetty's loop then runs forever (SingleThreadEventExecutor.ConfirmShutdown).
    private static readonly MultithreadEventLoopGroup Loops = new(1);

    [Theory, MemberData(nameof(Servers))]
    public async Task RemoteAddress_is_the_real_client(string server)
    {
        (string answer, string client) = await AskAsync(server, Trusting);

        answer.Should().Be($"{client} hello");
    }

    [Theory, MemberData(nameof(Servers))]
    public async Task Connections_are_refused(string server)
    {
        (await AskAsync(server, Refusing)).Answer.Should().BeEmpty();
    }

    private static async Task<(string Answer, string Client)> AskAsync(string server, ToaResolver toa)
    {
        IChannel channel = await Deadline.Within(new ServerBootstrap()
            .Group(Loops)
            .Channel<TcpServerSocketChannel>()
            .Handler(new RealClientHandler(toa))
            .ChildHandler(new ActionChannelInitializer<IChannel>(child => child.Pipeline.AddLast(new Answering())))
            .BindAsync(AnyPortOf(server)));
        try
        {
            using Caller caller = new(channel.LocalAddress);
            return (await caller.AskAsync(), caller.Client);
        }
        finally
        {
            await Deadline.Within(channel.CloseAsync());
        }
    }

    private sealed class Answering : ChannelHandlerAdapter
    {
        private EndPoint? _client;

        public override void ChannelActive(IChannelHandlerContext context) => _client = context.Channel.RemoteAddress;

        public override void ChannelRead(IChannelHandlerContext context, object message)
        {
            IByteBuffer hello = (IByteBuffer)message;
            string answer = $"{_client} {hello.ToString(Encoding.UTF8)}";
            hello.Release();
            context.WriteAndFlushAsync(Unpooled.WrappedBuffer(Encoding.UTF8.GetBytes(answer)));
        }
    }
}
