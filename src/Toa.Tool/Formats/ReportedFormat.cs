using System.Globalization;
using System.Linq;
using Toa.Shared;

namespace Toa.Tool.Formats;

/// <summary>The format of a TOA option, as a provider reports it.</summary>
internal static class ReportedFormat
{
    /// <summary>Its name, or its number if this program does not know it; null if there is no TOA option.</summary>
    public static string? NameOf(ToaFormat format) => format == ToaFormat.None
        ? null
        : Find(format)?.Name ?? ((byte)format).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether it has a client, but not the client's port.</summary>
    public static bool LacksPort(ToaFormat format) => Find(format) is { Client: > 0, ClientPort: 0 };

    private static OptionFormat? Find(ToaFormat format) => OptionFormat.All.FirstOrDefault(known => known.Number == (byte)format);
}
