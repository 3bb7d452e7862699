using System.Collections.Generic;
using System.Net;

namespace Toa;

public sealed partial class ToaOptions
{
    /// <summary>Networks of balancers, as <c>10.0.0.0/8</c> or <c>2001:db8::/32</c>. Defaults to none.</summary>
    public IList<IPNetwork> KnownIPNetworks { get; } = [];
}
