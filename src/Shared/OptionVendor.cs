using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Toa.Shared;

/// <summary>
/// The vendors in native/include/toa_format.h, and the TOA options that their balancers write: the values of the setting
/// <c>formats</c>. A test compiles the header and compares them.
/// </summary>
/// <param name="Name">The value of the setting.</param>
/// <param name="Options">The kinds of its options, and their formats.</param>
internal sealed record OptionVendor(string Name, params (byte Kind, OptionFormat Format)[] Options)
{
    private static readonly (byte, OptionFormat)[] s_akamai = [(28, OptionFormat.AkamaiIPv4), (28, OptionFormat.AkamaiIPv6)];

    public static OptionVendor Tencent { get; } = new("tencent", (200, OptionFormat.IPv4), (253, OptionFormat.IPv6));

    public static IReadOnlyList<OptionVendor> All { get; } =
    [
        Tencent,
        new("tencent-vpc", (200, OptionFormat.IPv4), (201, OptionFormat.Network), (202, OptionFormat.Virtual)),
        new("alibaba-vpc", (252, OptionFormat.AlibabaVpc), (254, OptionFormat.IPv4), (250, OptionFormat.Virtual)),
        new("alibaba-ddos", (254, OptionFormat.IPv4), (249, OptionFormat.AlibabaDdos)),
        new("alibaba-cdn", s_akamai),
        new("akamai", s_akamai),
        new("netscaler", s_akamai),
        new("baidu", (254, OptionFormat.IPv4)),
        new("bytedance", (254, OptionFormat.ByteDance)),
        new("china-mobile", (200, OptionFormat.IPv4)),
        new("dpvs", (254, OptionFormat.IPv4), (254, OptionFormat.IPv6)),
        new("huawei", (254, OptionFormat.IPv4), (253, OptionFormat.IPv6), (254, OptionFormat.IPv6)),
        new("ucloud", (200, OptionFormat.IPv4), (252, OptionFormat.IPv4), (253, OptionFormat.IPv4), (254, OptionFormat.IPv4)),
    ];

    /// <summary>
    /// Reads a word of the setting: a vendor's name, or <c>KIND/8</c> or <c>KIND/20</c>, which is read as a vendor with this one
    /// option.
    /// </summary>
    /// <returns><see langword="null"/> if it is not a word of the setting.</returns>
    public static OptionVendor? TryParse(string word) => All.FirstOrDefault(vendor => vendor.Name == word) ?? TryParsePlain(word);

    private static OptionVendor? TryParsePlain(string word)
    {
        string[] numbers = word.Split('/');
        if (numbers.Length != 2 || !TryParseNumber(numbers[0], out byte kind) || !TryParseNumber(numbers[1], out byte length))
            return null;
        return OptionFormat.Plain.FirstOrDefault(format => format.Length == length) is { } plain
            ? new OptionVendor(word, (kind, plain))
            : null;
    }

    private static bool TryParseNumber(string text, out byte number)
    {
        number = 0;
        bool hasLeadingZero = text.Length > 1 && text[0] == '0';
        return !hasLeadingZero && byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
