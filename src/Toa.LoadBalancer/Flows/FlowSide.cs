namespace Toa.LoadBalancing.Flows;

/// <summary>The sequence numbers that one end of a connection has sent so far.</summary>
internal struct FlowSide
{
    // Larger than any window. A sequence number further ahead does not belong to the connection, and must not change the state.
    private const uint Furthest = 1u << 30;

    /// <summary>Whether it has sent its SYN. Until then the other properties are meaningless.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Its initial sequence number.</summary>
    public uint Initial { get; private set; }

    /// <summary>The sequence number after its SYN and the SYN's data.</summary>
    public uint First { get; private set; }

    /// <summary>The sequence number after everything that it has sent.</summary>
    public uint Next { get; private set; }

    /// <summary>The latest acknowledgment number that it has sent: the next number that it expects from the other end.</summary>
    public uint Acknowledged { get; private set; }

    public bool HasAcknowledged { get; private set; }

    public bool HasFinished { get; private set; }

    /// <summary>The sequence number after its FIN.</summary>
    public uint FinEnd { get; private set; }

    /// <param name="sequenceNumber">The initial sequence number.</param>
    /// <param name="end">The sequence number after the SYN and its data.</param>
    /// <param name="mayStartOver">
    /// True before the handshake is complete: a server that has lost its state answers the client's next SYN with another
    /// initial sequence number.
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

    /// <summary>Whether it has acknowledged everything from the other end, including the FIN.</summary>
    public readonly bool HasAllOf(in FlowSide other) =>
        other.HasFinished && HasAcknowledged && SequenceNumber.IsAtOrAfter(Acknowledged, other.FinEnd);
}
