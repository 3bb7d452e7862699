using System;
using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Language;

/// <summary>The tool in Chinese.</summary>
public sealed class ChineseTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task The_doctor_reports_in_Chinese()
    {
        _machine.Write("proc/sys/kernel/ftrace_enabled", "0\n");

        Run run = await Run.ToaInChineseAsync(_machine, "doctor");

        run.Output.Should().Contain("TOA111  没有 provider：内核中没有任何程序读取 TOA option\n")
            .And.Contain("\n        docs/zh-CN/operate/doctor.md#toa111\n");
        run.Lines[^1].Should().StartWith("错误：").And.Contain("，警告：");
        Levels(run).Should().BeSubsetOf(["正常", "信息", "警告", "错误"]);
        run.Output.Split('\n').Where(line => line.StartsWith("        ", StringComparison.Ordinal))
            .Should().OnlyContain(line => line.Any(IsChinese) || !line.Contains(' ', StringComparison.Ordinal) || IsName(line));
    }

    [Fact]
    public async Task Programs_get_the_same_document_in_every_language()
    {
        Run english = await Run.ToaAsync(_machine, "doctor", "--json");
        Run chinese = await Run.ToaInChineseAsync(_machine, "doctor", "--json");

        chinese.Should().Be(english);
    }

    [Theory]
    [InlineData("", "命令", "检查一切可能使服务器看不到客户端的原因")]
    [InlineData("doctor", "选项", "抓包并观察计数器 N 秒")]
    [InlineData("provider load", "选项", "只打印命令")]
    [InlineData("lb", "示例", "toa lb demo")]
    public async Task Help_is_in_Chinese(string command, string heading, string text)
    {
        Run run = await Run.ToaInChineseAsync(_machine, [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain(heading).And.Contain(text).And.Contain("退出码：\n  0  成功\n").And.Contain("\n用法：\n").And.NotContain("Description:")
            .And.Contain("输出 JSON").And.Contain("显示帮助和用法");
    }

    [Theory]
    [InlineData("doctor --json --help")]
    [InlineData("doctor --help --json")]
    public async Task Help_is_in_one_language(string line)
    {
        Run run = await Run.ToaInChineseAsync(_machine, line.Split(' '));

        run.Output.Should().Contain("检查一切").And.Contain("退出码：").And.NotContain("Options:").And.Contain("[默认：5]");
    }

    [Theory]
    [InlineData("provider", "toa: 必须指定子命令。见 toa provider --help。\n")]
    [InlineData("provider load --kind x", "toa: 无法识别参数“x”。可用的值：'module' 'ebpf'。见 toa provider load --help。\n")]
    [InlineData("lb --mtu x", "toa: 选项“--mtu”的参数“x”无效。见 toa lb --help。\n")]
    [InlineData("doctor --interface", "toa: 选项“--interface”缺少参数。见 toa doctor --help。\n")]
    [InlineData("nonsense", "toa: 未知的参数“nonsense”。见 toa --help。\n")]
    [InlineData("doctor --seconds 3601", "toa: “3601”不是 0 到 3600 之间的数。见 toa doctor --help。\n")]
    public async Task A_wrong_command_line_is_told_in_Chinese(string line, string error)
    {
        Run run = await Run.ToaInChineseAsync(_machine, line.Split(' '));

        run.Should().Be(new Run(2, "", error));
    }

    [Fact]
    public async Task An_error_is_told_in_Chinese()
    {
        Run run = await Run.ToaInChineseAsync(_machine, "table", "--file", "/nonexistent");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith("toa: 不能读取 /nonexistent：").And.EndWith("请用 --file 指定该文件的副本。\n");
    }

    [Fact]
    public async Task Errors_of_the_provider_commands_are_told_in_Chinese()
    {
        Run run = await Run.ToaInChineseAsync(_machine, "provider", "install");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith("toa: 缺少 dkms，请安装：apt-get install dkms（Debian、Ubuntu）或 dnf install dkms（RHEL、CentOS，来自 EPEL）；或运行 toa provider build");
    }

    private static string[] Levels(Run run) =>
        [.. run.Lines.Where(line => line.Contains("  TOA", StringComparison.Ordinal)).Select(line => line[..2])];

    private static bool IsChinese(char character) => character is >= '\u4e00' and <= '\u9fff';

    // An address, a release of a kernel, an output of dkms.
    private static bool IsName(string line) => !line.TrimStart().StartsWith('>') && line.Any(char.IsDigit);
}
