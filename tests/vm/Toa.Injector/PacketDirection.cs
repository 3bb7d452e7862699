namespace Toa.Injector;

/// <summary>Which way a packet went.</summary>
public enum PacketDirection
{
    /// <summary>From the injector to the kernel.</summary>
    ToServer,

    /// <summary>From the kernel to the injector.</summary>
    FromServer,
}
