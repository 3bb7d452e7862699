using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>One connection through the balancer. The object is reused for another connection: do not keep references to it.</summary>
internal sealed class Flow
{
    public FlowSide ClientSide;
    public FlowSide ServerSide;

    private FlowState _state;

    public Listener Listener { get; private set; } = null!;

    public BackEnd BackEnd { get; private set; } = null!;

    public TransportAddress Client { get; private set; }

    /// <summary>The transport peer that the server sees.</summary>
    public TransportAddress Source { get; private set; }

    public FlowState State
    {
        get => _state;
        set
        {
            if (value == FlowState.Closed && _state != FlowState.Closed)
                BackEnd.RemoveFlow();
            _state = value;
            if (Tag is not null)
                Tag.State = value;
        }
    }

    public long OpenedAt { get; private set; }

    public long LastPacketAt { get; set; }

    /// <summary>Whether the flow needs no further TOA options.</summary>
    public bool IsOptionSettled { get; set; }

    /// <summary>The MTU of the path to the server in bytes, as reported by routers.</summary>
    public int ServerPathMtu { get; set; }

    public long PacketsFromClient { get; set; }

    public long PacketsFromServer { get; set; }

    public int OptionsWritten { get; set; }

    /// <summary>Data from the client, with what it sent again.</summary>
    public long BytesFromClient { get; set; }

    public long BytesFromServer { get; set; }

    /// <summary>The key of the packets from the client.</summary>
    public FlowKey ClientKey => new(Client, Listener.VirtualAddress);

    /// <summary>The key of the packets from the server.</summary>
    public FlowKey ServerKey => new(BackEnd.Address, Source);

    /// <summary>The connection in captured packets; null if packets are not captured.</summary>
    public FlowTag? Tag { get; private set; }

    /// <summary>The flow's slot in its table.</summary>
    internal int Slot { get; set; }

    /// <summary>The list that the flow is in, and its neighbours there.</summary>
    internal FlowList? List { get; set; }

    internal Flow? Older { get; set; }

    internal Flow? Newer { get; set; }

    /// <param name="listener">The listener that the client connected to.</param>
    /// <param name="backEnd">The server. It has counted the flow already.</param>
    /// <param name="client">The real client.</param>
    /// <param name="source">The transport peer that the server sees.</param>
    /// <param name="isCaptured">Whether its packets are captured.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void Open(
        Listener listener, BackEnd backEnd, TransportAddress client, TransportAddress source, bool isCaptured, long now)
    {
        Listener = listener;
        BackEnd = backEnd;
        Client = client;
        Source = source;
        ClientSide = default;
        ServerSide = default;
        _state = FlowState.Opening;
        Tag = isCaptured ? new FlowTag(client, listener.VirtualAddress, source, backEnd.Address) : null;
        OpenedAt = now;
        LastPacketAt = now;
        IsOptionSettled = false;
        ServerPathMtu = int.MaxValue;
        PacketsFromClient = 0;
        PacketsFromServer = 0;
        OptionsWritten = 0;
        BytesFromClient = 0;
        BytesFromServer = 0;
    }
}
