using System;

namespace Toa;

/// <summary>The client of a connection is unknown or not trusted, and <see cref="ToaOptions"/> refuse such connections.</summary>
public sealed class ToaRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="resolution">The result of the lookup.</param>
    public ToaRefusedException(ToaResolution resolution)
        : base(MessageFor(resolution)) => Resolution = resolution;

    /// <summary>The result of the lookup.</summary>
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
