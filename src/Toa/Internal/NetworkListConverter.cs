using System;
using System.ComponentModel;
using System.Globalization;

namespace Toa.Internal;

/// <summary>
/// Binds a configuration that has text in the place of a list, as environment variables do. Without a converter, the binder
/// ignores it silently.
/// </summary>
internal sealed class NetworkListConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        new ToaNetworkList { (string)value };
}
