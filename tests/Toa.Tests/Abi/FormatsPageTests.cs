using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FluentAssertions;
using Toa.Shared;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Abi;

/// <summary>Compares the tables in docs/reference/formats.md with the library's.</summary>
public sealed class FormatsPageTests
{
    [Theory, InlineData("docs/reference/formats.md"), InlineData("docs/zh-CN/reference/formats.md")]
    public void The_documentation_has_the_same_formats_and_vendors(string page)
    {
        string[] lines = File.ReadAllLines(Repository.PathOf(page));

        TableIn(lines, "vendors").Select(row => (row[0].Split('`')[1], row[2])).Should().Equal(OptionVendor.All.Select(vendor =>
            (vendor.Name, string.Join(", ", vendor.Options.Select(option => $"{option.Kind}/{option.Format.Length}: {option.Format.Name}")))));
        TableIn(lines, "formats").Select(row => string.Join('|', row).Replace("，小端", ", little-endian"))
            .Should().Equal(OptionFormat.All.Select(format => string.Join('|', CellsOf(format))));
    }

    private static string[] CellsOf(OptionFormat format) =>
    [
        format.Name, $"{format.Number}", $"{format.Length}",
        Range(format.Client, format.AddressSize), Range(format.ClientPort, sizeof(ushort)),
        Range(format.VirtualAddress, format.AddressSize), Range(format.VirtualPort, sizeof(ushort)),
        Range(format.NetworkId, format.NetworkIdSize) + (format.IsNetworkIdLittleEndian ? ", little-endian" : ""),
    ];

    private static string Range(int from, int size) => from == 0 ? "–" : $"{from}–{from + size - 1}";

    private static IEnumerable<string[]> TableIn(string[] lines, string name) =>
        lines.SkipWhile(line => line != $"<!-- {name} -->").Skip(3).TakeWhile(line => line != $"<!-- /{name} -->")
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
}
