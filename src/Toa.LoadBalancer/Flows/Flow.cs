using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>One connection through the balancer. Used again for another when it is over: nothing may hold on to it.</summary>
internal sealed class Flow
{
    public FlowSide ClientSide;
    public FlowSide ServerSide;

    public Listener Listener { get; private set; } = null!;

    public BackEnd BackEnd { get; private set; } = null!;

    public TransportAddress Client { get; private set; }

    /// <summary>What the server sees as its peer.</summary>
    public TransportAddress Source { get; private set; }

    public FlowState State { get; set; }

    public long OpenedAt { get; private set; }

    public long LastPacketAt { get; set; }

    /// <summary>No option is to be written any more.</summary>
    public bool IsOptionSettled { get; set; }

    /// <summary>Bytes of the largest packet that the path to the server takes, as routers have said.</summary>
    public int ServerPathMtu { get; set; }

    public long PacketsFromClient { get; set; }

    public long PacketsFromServer { get; set; }

    public int OptionsWritten { get; set; }

    /// <summary>The key of what the client sends.</summary>
    public FlowKey ClientKey => new(Client, Listener.VirtualAddress);

    /// <summary>The key of what the server sends.</summary>
    public FlowKey ServerKey => new(BackEnd.Address, Source);

    /// <summary>Where the flow stands in its table.</summary>
    internal int Slot { get; set; }

    /// <summary>The list that the flow is in, and its neighbours there.</summary>
    internal FlowList? List { get; set; }

    internal Flow? Older { get; set; }

    internal Flow? Newer { get; set; }

    public void Open(Listener listener, BackEnd backEnd, TransportAddress client, TransportAddress source, long now)
    {
        Listener = listener;
        BackEnd = backEnd;
        Client = client;
        Source = source;
        ClientSide = default;
        ServerSide = default;
        State = FlowState.Opening;
        OpenedAt = now;
        LastPacketAt = now;
        IsOptionSettled = false;
        ServerPathMtu = int.MaxValue;
        PacketsFromClient = 0;
        PacketsFromServer = 0;
        OptionsWritten = 0;
    }
}
