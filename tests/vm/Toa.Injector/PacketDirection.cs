namespace Toa.Injector;

/// <summary>The direction of a packet.</summary>
public enum PacketDirection
{
    /// <summary>From the injector to the kernel.</summary>
    ToServer,

    /// <summary>From the kernel to the injector.</summary>
    FromServer,
}
