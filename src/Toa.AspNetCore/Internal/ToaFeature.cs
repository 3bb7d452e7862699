using System.Net;

namespace Toa.AspNetCore.Internal;

internal sealed class ToaFeature(ToaResolver resolver, IPEndPoint originalRemoteEndPoint, ToaResolution resolution)
    : IToaFeature
{
    public IPEndPoint OriginalRemoteEndPoint => originalRemoteEndPoint;

    public ToaResolution Resolution => resolution;

    /// <summary>Who found it out.</summary>
    public ToaResolver Resolver => resolver;
}
