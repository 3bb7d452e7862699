using System.Net;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>
/// The contents of TOA options in addition to the client. An object, so that results without them stay small: most TOA options
/// have only a client.
/// </summary>
internal sealed record OptionDetails
{
    private readonly Address128 _virtualAddress;
    private readonly ushort _virtualPort;
    private readonly uint _networkId;

    private OptionDetails(Address128 virtualAddress, ushort virtualPort, uint networkId)
    {
        _virtualAddress = virtualAddress;
        _virtualPort = virtualPort;
        _networkId = networkId;
    }

    /// <summary>A new object; <see langword="null"/> if it is not known.</summary>
    public IPEndPoint? VirtualEndPoint =>
        _virtualAddress == default ? null : new IPEndPoint(_virtualAddress.ToIPAddress(), _virtualPort);

    public uint? NetworkId => _networkId == 0 ? null : _networkId;

    /// <param name="virtualAddress"><c>default</c> if it is not known.</param>
    /// <param name="virtualPort">0 if it is not known.</param>
    /// <param name="networkId">0 if it is not known.</param>
    /// <returns><see langword="null"/> if nothing is known.</returns>
    public static OptionDetails? Create(Address128 virtualAddress, ushort virtualPort, uint networkId) =>
        virtualAddress == default && networkId == 0 ? null : new OptionDetails(virtualAddress, virtualPort, networkId);
}
