namespace Toa.LoadBalancing.Flows;

/// <summary>What one end of a connection has sent so far.</summary>
internal struct FlowSide
{
    // More than any window: numbers from elsewhere are a stranger's, and must not spoil what is known.
    private const uint Furthest = 1u << 30;

    /// <summary>Whether it has sent its SYN, so that the numbers mean something.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Its initial sequence number.</summary>
    public uint Initial { get; private set; }

    /// <summary>The number behind its SYN and what that carried.</summary>
    public uint First { get; private set; }

    /// <summary>The number behind all that it has sent.</summary>
    public uint Next { get; private set; }

    /// <summary>What it expects next from the other end, as far as it has said.</summary>
    public uint Acknowledged { get; private set; }

    public bool HasAcknowledged { get; private set; }

    public bool HasFinished { get; private set; }

    /// <summary>The number behind its FIN.</summary>
    public uint FinEnd { get; private set; }

    /// <param name="sequenceNumber">The initial sequence number.</param>
    /// <param name="end">The number behind the SYN and what it carries.</param>
    /// <param name="mayStartOver">
    /// Before the handshake is complete: a server that has forgotten it answers the client's next SYN by other numbers.
    /// </param>
    public void OnSyn(uint sequenceNumber, uint end, bool mayStartOver)
    {
        if (IsKnown && (!mayStartOver || Initial == sequenceNumber))
            return;
        IsKnown = true;
        Initial = sequenceNumber;
        First = end;
        Next = end;
    }

    public void OnSent(uint end, bool hasFin)
    {
        if (!IsKnown || end - Next > Furthest)
            return;
        Next = end;
        if (hasFin)
        {
            HasFinished = true;
            FinEnd = end;
        }
    }

    public void OnAcknowledged(uint number, in FlowSide other)
    {
        if (!other.IsKnown || !SequenceNumber.IsBetween(number, HasAcknowledged ? Acknowledged : other.Initial, other.Next))
            return;
        HasAcknowledged = true;
        Acknowledged = number;
    }

    /// <summary>Whether all of what the other end has to say is here.</summary>
    public readonly bool HasAllOf(in FlowSide other) =>
        other.HasFinished && HasAcknowledged && SequenceNumber.IsAtOrAfter(Acknowledged, other.FinEnd);
}
