using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Capture;
using Xunit;

namespace Toa.Tool.Tests.Capture;

/// <summary>The tool's numbers are the same as in native/include/toa.h.</summary>
public sealed class ToaOptionTests
{
    private static readonly string Header = File.ReadAllText(Repository.PathOf("native/include/toa.h"));

    [Fact]
    public void Lengths_are_the_header_s()
    {
        ToaOption.IPv4Length.Should().Be(Number("TOA_LENGTH_IPV4"));
        ToaOption.IPv6Length.Should().Be(Number("TOA_LENGTH_IPV6"));
    }

    [Fact]
    public void Kinds_are_the_header_s_and_that_of_other_vendors() =>
        ToaOption.Kinds.Should().Equal(Number("TOA_KIND_IPV4"), Number("TOA_KIND_IPV6"), 254);

    private static byte Number(string name) => byte.Parse(
        Regex.Match(Header, $@"^#define {name}\s+(\d+)", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
}
