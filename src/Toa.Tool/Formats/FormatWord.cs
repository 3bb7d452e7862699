using System.Collections.Generic;
using System.Linq;
using Toa.Shared;

namespace Toa.Tool.Formats;

/// <summary>A word of the setting <c>formats</c>: a vendor, <c>KIND/8</c> or <c>KIND/20</c>.</summary>
/// <param name="Text">The word.</param>
/// <param name="Options">The kinds of options that it reads, and their formats.</param>
internal sealed record FormatWord(string Text, IReadOnlyList<(byte Kind, OptionFormat Format)> Options)
{
    /// <summary>The word for a vendor.</summary>
    public static FormatWord Of(OptionVendor vendor) => new(vendor.Name, vendor.Options);

    /// <summary>The word that a text is; null if it is not a word of the setting.</summary>
    public static FormatWord? TryParse(string text) =>
        OptionVendor.TryParse(text) is { } found ? Of(found) : null;

    /// <summary>The vendors that write options of this kind and format.</summary>
    public static IEnumerable<OptionVendor> VendorsOf(byte kind, OptionFormat format) =>
        OptionVendor.All.Where(vendor => vendor.Options.Contains((kind, format)));

    /// <summary>
    /// The formats of options with this kind and length: first those of vendors, then a port and an address. If a vendor's format has
    /// no client, the list has no format with a port and an address.
    /// </summary>
    public static IReadOnlyList<OptionFormat> FormatsOf(byte kind, byte length)
    {
        OptionFormat[] known =
        [
            .. OptionVendor.All.SelectMany(vendor => vendor.Options)
                .Where(option => option.Kind == kind && option.Format.Length == length).Select(option => option.Format).Distinct(),
        ];
        return known.Any(format => format.Client == 0) ? known : [.. known.Union(OptionFormat.Plain.Where(format => format.Length == length))];
    }

    /// <summary>
    /// The words that read options with this kind and length, in the order of their formats. For each format, the words that read
    /// the fewest other options come first: each further one could be another program's.
    /// </summary>
    public static IEnumerable<FormatWord> WordsFor(byte kind, byte length) =>
        FormatsOf(kind, length).SelectMany(format =>
            VendorsOf(kind, format).Select(Of).OrderBy(word => word.Options.Count).ThenBy(word => word.OwnFormats)
                .DefaultIfEmpty(new FormatWord($"{kind}/{length}", [(kind, format)])));

    /// <summary>The format of options with this kind and length; null if this word does not read them.</summary>
    public OptionFormat? FormatOf(byte kind, byte length) =>
        Options.FirstOrDefault(option => option.Kind == kind && option.Format.Length == length).Format;

    /// <summary>Whether it reads options with this kind and length.</summary>
    public bool Reads((byte Kind, byte Length) option) => FormatOf(option.Kind, option.Length) is not null;

    /// <summary>An option that both words read, each as another format; null if they have no such option.</summary>
    public (byte Kind, OptionFormat Format)? CollisionWith(FormatWord other)
    {
        foreach ((byte kind, OptionFormat format) in other.Options)
        {
            if (FormatOf(kind, format.Length) is { } own && own != format)
                return (kind, format);
        }

        return null;
    }

    // Options that are more than a port and an address.
    private int OwnFormats => Options.Count(option => !OptionFormat.Plain.Contains(option.Format));
}
