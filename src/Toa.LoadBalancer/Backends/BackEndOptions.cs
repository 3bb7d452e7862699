using System.Net;

namespace Toa.LoadBalancing;

/// <summary>A server behind a listener.</summary>
public sealed class BackEndOptions
{
    /// <summary>Its address and port. Its family need not be that of the virtual address.</summary>
    public required IPEndPoint Address { get; set; }

    /// <summary>
    /// Its share of the new connections, relative to the other weights. With 0 it gets no new connections, and its
    /// existing connections continue. Defaults to 1.
    /// </summary>
    public int Weight { get; set; } = 1;
}
