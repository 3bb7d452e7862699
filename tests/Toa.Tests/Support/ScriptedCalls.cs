using System;
using System.Net;
using System.Net.Sockets;
using Toa.Internal;
using Toa.Interop;

namespace Toa.Tests.Support;

/// <summary>Plays a kernel that gives the answers of a test.</summary>
internal readonly struct ScriptedCalls : ISocketCalls
{
    public const int Descriptor = 1234;

    public Answer Option { get; init; }

    public Answer PeerName { get; init; }

    public int GetOption(nint socket, int level, int name, Span<byte> answer, out int length)
    {
        if (socket != Descriptor || level != 0 || name != 4096 || answer.Length != 20)
            throw new InvalidOperationException($"Not the ABI: ({socket}, {level}, {name}, {answer.Length}).");
        return Option.Give(answer, out length);
    }

    public int GetPeerName(nint socket, Span<byte> answer, out int length)
    {
        if (socket != Descriptor || answer.Length < 28)
            throw new InvalidOperationException($"Not enough room: getpeername({socket}, {answer.Length}).");
        return PeerName.Give(answer, out length);
    }

    /// <summary>What the lookup makes of the answers.</summary>
    public SocketError Ask(out IPEndPoint? peer) => PeerLookup.AskKernel(Descriptor, this, out peer);
}
