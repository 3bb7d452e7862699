using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Toa.Internal;
using Toa.Interop;

namespace Toa.Tests.Support;

/// <summary>Simulates a kernel whose answers come from a test.</summary>
internal readonly struct ScriptedCalls : ISocketCalls
{
    public ScriptedCalls()
    {
    }

    /// <summary>The only valid descriptor.</summary>
    public nint Descriptor { get; init; } = 1234;

    public bool KnowsEveryDescriptor { get; init; }

    public bool IsLinux { get; init; } = true;

    public OptionSupport Providers { get; init; } = new();

    public OptionSupport Vtoa { get; init; } = new();

    public OptionSupport LookupWithVtoa { get; init; } = new();

    public OptionSupport ShortVtoa { get; init; } = new();

    public bool MayRewriteNames { get; init; }

    /// <summary>The answer of getsockopt 4097; by default, the kernel does not know the option.</summary>
    public Answer Info { get; init; }

    /// <summary>The answer of getsockopt 4096.</summary>
    public Answer Option { get; init; }

    /// <summary>The answer of getsockopt 1348 for each size of the buffer.</summary>
    public Func<int, Answer>? VtoaAnswer { get; init; }

    public Answer PeerName { get; init; }

    /// <summary>Gets the names of the system calls, if it is set: 4096, 4097, 1348 with the size, or getpeername.</summary>
    public List<string>? Record { get; init; }

    /// <summary>The answer of getsockopt(TCP_SAVED_SYN).</summary>
    public Answer SavedSyn { get; init; }

    public int GetOption(nint socket, int level, int name, Span<byte> answer, out int length)
    {
        Record?.Add(name == 1348 ? $"1348 {answer.Length}" : $"{name}");
        return (KnowsEveryDescriptor || socket == Descriptor, level, name, answer.Length) switch
        {
            (true, 0, 4096, 20) => Option.Give(answer, out length),
            (true, 0, 4097, 64) => Info.Give(answer, out length),
            (true, 0, 1348, 16 or 28) => (VtoaAnswer?.Invoke(answer.Length) ?? default).Give(answer, out length),
            (true, 6, 28, >= 100) => SavedSyn.Give(answer, out length),
            var other => throw new InvalidOperationException($"Not the ABI: {other}."),
        };
    }

    public int GetPeerName(nint socket, Span<byte> answer, out int length)
    {
        if (socket != Descriptor || answer.Length < 28)
            throw new InvalidOperationException($"Not enough room: getpeername({socket}, {answer.Length}).");
        Record?.Add("getpeername");
        return PeerName.Give(answer, out length);
    }

    /// <summary>The result of a lookup with these answers.</summary>
    public SocketError Ask(out IPEndPoint? client)
    {
        SocketError error = Ask(out ToaResolution found);
        client = error == SocketError.Success ? found.Client.ToIPEndPoint() : null;
        return error;
    }

    /// <summary>The socket options that the provider answers.</summary>
    public ProviderAnswers Ask() => ProviderAnswers.Ask(this with { KnowsEveryDescriptor = true });

    public SocketError Ask(
        out ToaResolution found, bool mapped = false, bool withTransportPeer = false, ToaEndPoint accepted = default) =>
        PeerLookup.AskKernel(Descriptor, mapped, withTransportPeer, accepted, this, out found);
}
