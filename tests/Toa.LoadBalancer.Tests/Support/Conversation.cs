using System;
using System.Net;
using System.Net.Sockets;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>Both ends of one connection through a <see cref="TestCore"/>, with correct sequence numbers.</summary>
internal sealed class Conversation
{
    private readonly TestCore _core;
    private IPEndPoint? _server;
    private IPEndPoint? _source;

    public Conversation(TestCore core, IPEndPoint client, uint clientSequence = 1000, uint serverSequence = 5000)
    {
        _core = core;
        Client = client;
        ClientNext = clientSequence;
        ServerNext = serverSequence;
    }

    public IPEndPoint Client { get; }

    public IPEndPoint VirtualAddress =>
        Client.AddressFamily == AddressFamily.InterNetwork ? TestCore.VirtualIPv4 : TestCore.VirtualIPv6;

    /// <summary>The selected server, after the SYN has passed.</summary>
    public IPEndPoint Server => _server ?? throw new InvalidOperationException("No SYN yet.");

    /// <summary>The peer that the server sees.</summary>
    public IPEndPoint Source => _source ?? throw new InvalidOperationException("No SYN yet.");

    public uint ClientNext { get; set; }

    public uint ServerNext { get; set; }

    public bool HasServer => _server is not null;

    public static Conversation Open(TestCore core, IPEndPoint client)
    {
        Conversation conversation = new(core, client);
        conversation.SendSyn();
        conversation.SendSynAck();
        conversation.SendAck();
        return conversation;
    }

    /// <summary>A segment from the client, with the next sequence numbers.</summary>
    public Segment FromClient() => new()
    {
        Source = Client,
        Destination = VirtualAddress,
        SequenceNumber = ClientNext,
        AcknowledgmentNumber = ServerNext,
        Ack = true,
    };

    /// <summary>A segment from the server, with the next sequence numbers.</summary>
    public Segment FromServer() => new()
    {
        Source = Server,
        Destination = Source,
        SequenceNumber = ServerNext,
        AcknowledgmentNumber = ClientNext,
        Ack = true,
    };

    public Segment Syn() => FromClient() with { Syn = true, Ack = false, AcknowledgmentNumber = 0 };

    public Segment SynAck() => FromServer() with { Syn = true };

    /// <summary>Reads the selected server from a SYN.</summary>
    public void Take(Sent syn)
    {
        _server = syn.Destination;
        _source = syn.Source;
    }

    /// <summary>Reads the selected server from a list of flows.</summary>
    public void Take(FlowEntry flow)
    {
        _server = flow.BackEnd;
        _source = flow.Source;
    }

    /// <summary>The server's answer, for a SYN that was changed or lost on its way.</summary>
    public Segment SynAckTo(FlowEntry flow)
    {
        Take(flow);
        return SynAck() with { AcknowledgmentNumber = ClientNext + 1 };
    }

    public Sent SendSyn(params byte[] options)
    {
        Sent syn = _core.Pass(Syn() with { Options = options });
        ClientNext++;
        Take(syn);
        return syn;
    }

    public Sent SendSynAck(params byte[] options)
    {
        Sent synAck = _core.Pass(SynAck() with { Options = options });
        ServerNext++;
        return synAck;
    }

    public Sent SendAck(params byte[] options) => _core.Pass(FromClient() with { Options = options });

    public Sent SendData(int length, params byte[] options)
    {
        Sent data = _core.Pass(FromClient() with { Payload = Bytes(length), Options = options });
        ClientNext += (uint)length;
        return data;
    }

    public Sent SendServerData(int length)
    {
        Sent data = _core.Pass(FromServer() with { Payload = Bytes(length) });
        ServerNext += (uint)length;
        return data;
    }

    public void SendFin()
    {
        _core.Pass(FromClient() with { Fin = true });
        ClientNext++;
    }

    public void SendServerFin()
    {
        _core.Pass(FromServer() with { Fin = true });
        ServerNext++;
    }

    /// <summary>Both ends close, and acknowledge it.</summary>
    public void Close()
    {
        SendFin();
        SendServerFin();
        _core.Pass(FromClient());
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(i * 7);
        return bytes;
    }
}
