using System;

namespace Toa;

/// <summary>
/// A connection's client is unknown or not trusted, and <see cref="ToaOptions"/> say that such connections are refused.
/// </summary>
public sealed class ToaRefusedException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="resolution">What was found out about the connection.</param>
    public ToaRefusedException(ToaResolution resolution)
        : base(MessageFor(resolution)) => Resolution = resolution;

    /// <summary>What was found out about the connection.</summary>
    public ToaResolution Resolution { get; }

    private static string MessageFor(ToaResolution resolution) => resolution.Trust switch
    {
        ToaTrust.Untrusted =>
            $"The connection from {resolution.TransportPeer} was refused: it is not a known proxy. "
            + $"If it is one of your balancers, add it to {nameof(ToaOptions)}.{nameof(ToaOptions.KnownProxies)}.",
        ToaTrust.Unknown =>
            $"The connection from {resolution.Client} was refused: whether it came through a known proxy cannot be checked. "
            + $"Load this project's provider, or set {nameof(ToaOptions)}.{nameof(ToaOptions.WhenUnknown)}.",
        _ =>
            $"The connection from {resolution.Client} was refused: no TOA provider serves this process. "
            + "Load the kernel module or the eBPF provider.",
    };
}
