using System;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Globalization;

namespace Toa.Internal;

/// <summary>
/// Lets the configuration binder accept text in place of a list, as in environment variables. Without a converter, the binder
/// silently ignores such text.
/// </summary>
internal sealed class TextListConverter<TList> : TypeConverter
    where TList : Collection<string>, new()
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        new TList { (string)value };
}
