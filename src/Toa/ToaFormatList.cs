using System.Collections.ObjectModel;
using System.ComponentModel;
using Toa.Internal;

namespace Toa;

/// <summary>
/// Formats of TOA options as text: vendors, such as <c>tencent</c> or <c>huawei</c>, and <c>KIND/8</c> (IPv4) or <c>KIND/20</c>
/// (IPv6) for options with a port and an address. The same text as for the setting <c>formats</c> of the providers.
/// </summary>
/// <remarks>
/// The list holds text, so that .NET's configuration binder can fill it. An entry may hold several formats, separated by commas,
/// as environment variables do. The constructor of <see cref="ToaResolver"/> validates the entries.
/// </remarks>
[TypeConverter(typeof(TextListConverter<ToaFormatList>))]
public sealed class ToaFormatList : Collection<string>;
