using System;
using System.Collections.Generic;
using System.Linq;
using FluentAssertions;
using Toa.Internal;
using Toa.Shared;
using Xunit;

namespace Toa.Tests.Abi;

/// <summary>Compares the library's tables of formats and vendors with those of native/include.</summary>
public sealed class FormatHeaderTests
{
    [Fact]
    public void The_formats_are_the_header_s()
    {
        string[] lines = CCompiler.Run(["toa_format_table.h"], """
            for (unsigned int number = 0; number < sizeof(toa_layouts) / sizeof(*toa_layouts); number++) {
                const struct toa_layout *l = &toa_layouts[number];
                if (l->length)
                    printf("%d %s %d %d %d %d %d %d %d %d %d\n", number, l->text, l->length, l->client, l->client_port,
                        l->virtual_addr, l->virtual_port, l->address_size, l->network_id, l->network_id_size,
                        l->network_id_is_little);
            }
            """);

        OptionFormat.All.Select(format => string.Join(' ',
                format.Number, format.Name, format.Length, format.Client, format.ClientPort, format.VirtualAddress,
                format.VirtualPort, format.AddressSize, format.NetworkId, format.NetworkIdSize,
                format.IsNetworkIdLittleEndian ? 1 : 0))
            .Should().Equal(lines);
    }

    [Fact]
    public void The_formats_with_a_client_are_those_of_the_enumeration()
    {
        OptionFormat[] withClient = [.. OptionFormat.All.Where(format => format.Client != 0)];

        Enum.GetValues<ToaFormat>().Skip(1).Select(format => (int)format).Should().Equal(withClient.Select(format => (int)format.Number));
        withClient.Select(format => ((ToaFormat)format.Number).ToString().ToLowerInvariant())
            .Should().Equal(withClient.Select(format => format.Name.Replace("-", "")));
        CCompiler.Evaluate(["toa_format.h"], ["TOA_FORMAT_NONE"]).Should().Equal(
            new Dictionary<string, int> { ["TOA_FORMAT_NONE"] = (int)ToaFormat.None });
    }

    [Fact]
    public void The_vendors_are_the_header_s()
    {
        string[] lines = CCompiler.Run(["toa_format_table.h"], """
            for (unsigned int i = 0; i < sizeof(toa_vendors) / sizeof(*toa_vendors); i++) {
                printf("%s:", toa_vendors[i].text);
                for (int j = 0; j < TOA_VENDOR_OPTIONS && toa_vendors[i].options[j].format; j++)
                    printf(" %d=%d", toa_vendors[i].options[j].kind, toa_vendors[i].options[j].format);
                puts("");
            }
            """);

        OptionVendor.All.Select(vendor =>
                $"{vendor.Name}: {string.Join(" ", vendor.Options.Select(option => $"{option.Kind}={option.Format.Number}"))}")
            .Should().Equal(lines);
    }

    [Fact]
    public void The_kinds_of_TCP_are_the_header_s()
    {
        string[] lines = CCompiler.Run(["toa_option.h"], """
            for (int kind = 0; kind < 256; kind++)
                if (toa_option_belongs_to_tcp(kind))
                    printf("%d\n", kind);
            """);

        Enumerable.Range(0, 256).Where(kind => OptionKind.BelongsToTcp((byte)kind)).Select(kind => $"{kind}").Should().Equal(lines);
    }

    [Fact]
    public void A_setting_reads_the_same_options_or_has_the_same_error()
    {
        IEnumerable<string> vendors = OptionVendor.All.Select(vendor => vendor.Name);
        string[] settings =
        [
            .. vendors.SelectMany(_ => vendors, (first, second) => $"{first},{second}"),
            "254/8", "254/20", "254/8,254/20", "255/8, 6/20", "200/8,200/8", " tencent\t,\n huawei ,, dpvs", "252/20,alibaba-vpc",
            "", " , ,", "tencent;huawei", "Tencent", "254/16", "254/40", "254/", "/8", "254/8/8", "256/8", "0254/8", "-1/8", "+1/8",
            "254 /8", "0/8", "5/8", "19/20", "34/8", "254", "tencent 254/8", "254/020", "1234/8", "254/0020",
            "077/8", "77/08", "00/8", "0077/8", "tencent\r", "\u00a0tencent", new('x', 32), new('x', 33), new('/', 40),
            Bytes251, Bytes251 + ",9/8", Bytes251 + ",99/8", Bytes251 + ",200/8,9/8", Bytes251 + ",254/16",
            string.Join(',', Enumerable.Repeat("huawei", 50)),
        ];
        string[] lines = CCompiler.Run(["toa_format_setting.h"], string.Join('\n', settings.Select(setting => $$"""
            {
                struct toa_format_set set;
                char complaint[TOA_FORMAT_COMPLAINT];
                if (!toa_format_parse(&set, {{Quote(setting)}}, complaint)) {
                    puts(complaint);
                } else {
                    for (int kind = 0; kind < 256; kind++)
                        for (int length = 0; length < 256; length++)
                            if (set.kinds[kind] & set.lengths[length])
                                printf("%d/%d=%d ", kind, length, __builtin_ctz(set.kinds[kind] & set.lengths[length]));
                    puts("");
                }
            }
            """)));

        settings.Select(Describe).Should().Equal(lines);
    }

    [Theory]
    [InlineData("077/8")]
    [InlineData("77/08")]
    [InlineData("254/020")]
    public void A_number_has_no_leading_zero(string setting)
    {
        Describe(setting).Should().StartWith($"'{setting}' is not a format: use tencent, ");
    }

    private static string Bytes251 => string.Join(',', Enumerable.Range(175, 42).Select(kind => $"{kind}/8"));

    private static string Quote(string setting) =>
        CCompiler.Quote(setting).Replace("\t", "\\t").Replace("\r", "\\r").Replace("\n", "\\n");

    private static string Describe(string setting)
    {
        try
        {
            FormatSet formats = new([setting]);
            return string.Concat(
                from kind in Enumerable.Range(0, 256)
                from length in Enumerable.Range(0, 256)
                let format = formats.Find((byte)kind, (byte)length)
                where format is not null
                select $"{kind}/{length}={format.Number} ");
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
