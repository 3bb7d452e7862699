using System;
using System.Net;

namespace Toa.Injector;

/// <summary>
/// Describes a connection. Set only <see cref="Option"/> for the behaviour of real balancers. Each of the other option
/// properties controls one position, and overrides it.
/// </summary>
public sealed record ConnectRequest
{
    /// <summary>The transport peer, which the server sees: the balancer. It must not be an address of this machine.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>The listener, on an address that the machine has; of the same family as <see cref="Client"/>.</summary>
    public required IPEndPoint Server { get; init; }

    /// <summary>
    /// Sent on the handshake ACK and on every later segment until the server's data is acknowledged, as balancers do.
    /// The segment that acknowledges the server's first byte no longer carries it. Defaults to none.
    /// </summary>
    public OptionBytes? Option { get; init; }

    /// <summary>Sent on the SYN, in addition to the MSS. Defaults to none, whatever <see cref="Option"/> is.</summary>
    public OptionBytes? SynOptions { get; init; }

    /// <summary>Sent on the bare ACK that completes the handshake. Defaults to <see cref="Option"/>.</summary>
    public OptionBytes? AckOptions { get; init; }

    /// <summary>
    /// Sent on all segments of <see cref="FirstData"/>. Defaults to <see cref="DataOptions"/>, and then to
    /// <see cref="Option"/>.
    /// </summary>
    public OptionBytes? FirstDataOptions { get; init; }

    /// <summary>
    /// Sent on every segment with data, to the end of the connection. Defaults to <see cref="Option"/>.
    /// </summary>
    public OptionBytes? DataOptions { get; init; }

    /// <summary>The position of the given option bytes. Defaults to <see cref="OptionPlacement.First"/>.</summary>
    public OptionPlacement Placement { get; init; }

    /// <summary>Offers timestamps, and sends them on every segment if the server agrees. Defaults to false.</summary>
    public bool UseTimestamps { get; init; }

    /// <summary>
    /// If not empty, this data completes the handshake, and no bare ACK is sent, as if the ACK were lost. Defaults to empty.
    /// </summary>
    public ReadOnlyMemory<byte> FirstData { get; init; }

    /// <summary>
    /// Leaves the server in SYN_RECV: its SYN-ACK is not answered until
    /// <see cref="InjectedConnection.CompleteHandshake"/> is called. Defaults to false.
    /// </summary>
    public bool SkipAck { get; init; }

    /// <summary>The MSS to announce; 0 sends no such option. Defaults to null: the MSS for the device's MTU.</summary>
    public ushort? Mss { get; init; }

    /// <summary>The SYN's sequence number. Defaults to null: a number that increases with time.</summary>
    public uint? InitialSequenceNumber { get; init; }

    /// <summary>The maximum time of each wait without its own timeout. Defaults to a minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The time after which an unanswered segment is sent again; doubled each time, up to 4 s. Defaults to 500 ms.
    /// </summary>
    public TimeSpan RetransmitAfter { get; init; } = TimeSpan.FromMilliseconds(500);
}
