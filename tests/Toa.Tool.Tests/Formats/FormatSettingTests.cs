using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Formats;
using Toa.Tool.Language;
using Xunit;

namespace Toa.Tool.Tests.Formats;

/// <summary>The setting <c>formats</c> is read as native/include/toa_format_setting.h reads it.</summary>
public sealed class FormatSettingTests
{
    private const string Program = """
        #include "toa_format_setting.h"

        int main(int argc, char **argv)
        {
            struct toa_format_set set;
            char complaint[TOA_FORMAT_COMPLAINT];

            for (int i = 1; i < argc; i++)
                puts(toa_format_parse(&set, argv[i], complaint) ? set.text : complaint);
        }
        """;

    private static readonly string[] Lists =
    [
        "", ",", " , \t", "tencent", " tencent , huawei", "tencent,,tencent", "tencent\n", "amazon", "Tencent", "tencent huawei", "tencent/8",
        "200/8", "253/20", "0200/8", "200/08", "200/020", "077/8", "77/08", "77/8", "256/8", "200/9", "200/16", "/8", "200/", "200", "200/8/8", "+200/8", "-1/8", "200 /8",
        "0/8", "1/20", "5/8", "8/8", "19/8", "29/8", "30/20", "34/8", "69/8", "172/8", "174/8", "28/8", "27/8",
        "252/20,alibaba-vpc", "alibaba-vpc,252/20", "tencent-vpc,202/8", "200/8,tencent,250/8,alibaba-vpc", "254/8,dpvs,254/20,huawei,bytedance",
        new string('x', 32), new string('x', 33), "tencent," + new string('x', 300), TooLong + ",amazon", "amazon," + TooLong,
        "akamai,netscaler,alibaba-cdn,28/20", "alibaba-ddos,alibaba-cdn,baidu,china-mobile,ucloud",
        TooLong, string.Join(',', Enumerable.Range(200, 49).Select(kind => $"{kind}/8")),
    ];

    private static string TooLong => string.Join(',', Enumerable.Range(200, 49).Select(kind => $"{kind}/20"));

    [Fact]
    public async Task Lists_are_accepted_and_refused_in_the_words_of_the_header()
    {
        string folder = Directory.CreateTempSubdirectory("toa-formats-").FullName;
        string source = Path.Combine(folder, "formats.c"), program = Path.Combine(folder, "formats");
        await File.WriteAllTextAsync(source, Program);
        await RunAsync("gcc", "-I", Repository.PathOf("native/include"), "-o", program, source);

        string[] answers = (await RunAsync(program, Lists)).Split('\n')[..^1];

        Directory.Delete(folder, recursive: true);
        Lists.Select(Answer).Should().Equal(answers);
    }

    [Fact]
    public void A_word_reads_each_option_of_its_vendor()
    {
        FormatSetting setting = FormatSetting.Of("tencent,alibaba-ddos")!;

        setting.FormatOf(200, 8)!.Name.Should().Be("ipv4");
        setting.FormatOf(253, 20)!.Name.Should().Be("ipv6");
        setting.FormatOf(249, 40)!.Name.Should().Be("alibaba-ddos");
        (setting.FormatOf(200, 20) is null).Should().BeTrue();
        (setting.HasKind(249), setting.HasKind(250)).Should().Be((true, false));
    }

    [Fact]
    public void A_setting_of_a_newer_provider_is_not_known()
    {
        FormatSetting.Of("tencent,newer").Should().BeNull();
        FormatSetting.Of(null).Should().BeNull();
    }

    [Fact]
    public void A_word_that_is_added_replaces_those_that_collide_with_it()
    {
        FormatWord added = FormatWord.TryParse("alibaba-vpc")!;
        FormatSetting present = FormatSetting.Of("tencent,252/20,250/8,254/8")!;

        present.CollisionsWith([added]).Should().Equal("252/20", "250/8");
        present.With(added).Text.Should().Be("tencent,254/8,alibaba-vpc");
    }

    [Theory]
    [InlineData("baidu: dpvs, alibaba-ddos, huawei, alibaba-vpc, ucloud", "254/8")]
    [InlineData("dpvs: huawei", "254/20")]
    [InlineData("dpvs: huawei", "254/8", "254/20")]
    [InlineData("huawei: ", "254/20", "253/20", "254/8")]
    [InlineData("dpvs: huawei; alibaba-cdn: akamai, netscaler", "254/8", "28/7", "254/20", "28/19")]
    [InlineData("china-mobile: tencent, tencent-vpc, ucloud", "200/8")]
    [InlineData("alibaba-vpc: 252/20", "252/20")]
    [InlineData("99/8: ", "99/8")]
    [InlineData("99/8: ; 99/20: ", "99/8", "99/20")]
    public void Few_words_are_chosen_and_those_that_read_the_least(string choices, params string[] options)
    {
        IEnumerable<(byte, byte)> pairs = options.Select(option => option.Split('/')).Select(numbers => (byte.Parse(numbers[0]), byte.Parse(numbers[1])));

        FormatChoice.For(pairs).Select(choice => $"{choice.Word.Text}: {string.Join(", ", choice.Others.Select(word => word.Text))}")
            .Should().Equal(choices.Split("; "));
    }

    [Theory]
    [InlineData(ToaFormat.None, null, false)]
    [InlineData(ToaFormat.IPv4, "ipv4", false)]
    [InlineData(ToaFormat.AlibabaVpc, "alibaba-vpc", false)]
    [InlineData(ToaFormat.AkamaiIPv4, "akamai-ipv4", true)]
    [InlineData(ToaFormat.AkamaiIPv6, "akamai-ipv6", true)]
    [InlineData((ToaFormat)99, "99", false)]
    public void A_reported_format_has_the_name_in_the_table(ToaFormat format, string? name, bool lacksPort)
    {
        ReportedFormat.NameOf(format).Should().Be(name);
        ReportedFormat.LacksPort(format).Should().Be(lacksPort);
    }

    private static string Answer(string list) => FormatSetting.TryParse(list, out FormatSetting? setting, out Message? problem)
        ? setting.Text
        : problem.ToString().TrimEnd('.');

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0);
        return output;
    }
}
