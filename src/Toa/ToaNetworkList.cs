using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Net;
using Toa.Internal;

namespace Toa;

/// <summary>Networks and addresses as text: <c>10.0.0.16/28</c>, <c>2001:db8::/64</c>, <c>192.0.2.10</c>.</summary>
/// <remarks>
/// The list holds text, so that .NET's configuration binder can fill it. An entry may hold several networks, separated by
/// commas, as environment variables do. The constructor of <see cref="ToaResolver"/> validates the entries.
/// </remarks>
[TypeConverter(typeof(TextListConverter<ToaNetworkList>))]
public sealed class ToaNetworkList : Collection<string>
{
    /// <summary>Adds a single address.</summary>
    /// <param name="address">The address.</param>
    public void Add(IPAddress address) => Add(address?.ToString()!);

#if NET
    /// <summary>Adds a network.</summary>
    /// <param name="network">The network.</param>
    public void Add(IPNetwork network) => Add(network.ToString());
#endif
}
