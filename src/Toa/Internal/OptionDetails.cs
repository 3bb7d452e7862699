namespace Toa.Internal;

/// <summary>
/// The contents of TOA options in addition to the client. An object, so that results without them stay small: most TOA options
/// have only a client.
/// </summary>
internal sealed record OptionDetails
{
    private readonly uint _networkId;

    private OptionDetails(ToaEndPoint virtualEndPoint, uint networkId)
    {
        VirtualEndPoint = virtualEndPoint;
        _networkId = networkId;
    }

    /// <summary><c>default</c> if it is not known.</summary>
    public ToaEndPoint VirtualEndPoint { get; }

    public uint? NetworkId => _networkId == 0 ? null : _networkId;

    /// <param name="virtualEndPoint">Its address is all zero if it is not known.</param>
    /// <param name="networkId">0 if it is not known.</param>
    /// <returns><see langword="null"/> if nothing is known.</returns>
    public static OptionDetails? Create(ToaEndPoint virtualEndPoint, uint networkId)
    {
        bool isKnown = virtualEndPoint.Address != default;
        return isKnown || networkId != 0 ? new OptionDetails(isKnown ? virtualEndPoint : default, networkId) : null;
    }
}
