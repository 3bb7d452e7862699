using System.Collections.Generic;
using System.Net;

namespace Toa;

// There is no IPNetwork in .NET Standard 2.0: networks are added as text.
public sealed partial class ToaOptions
{
    internal IList<(IPAddress BaseAddress, int PrefixLength)> KnownIPNetworks { get; } = [];
}
