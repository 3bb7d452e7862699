using System.Net;

namespace Toa.AspNetCore.Internal;

internal sealed class ToaFeature(ToaResolver resolver, IPEndPoint originalRemoteEndPoint, ToaResolution resolution)
    : IToaFeature
{
    public IPEndPoint OriginalRemoteEndPoint => originalRemoteEndPoint;

    public ToaResolution Resolution => resolution;

    /// <summary>The resolver that made the lookup.</summary>
    public ToaResolver Resolver => resolver;
}
