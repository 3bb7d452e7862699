using System;
using System.CommandLine;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Output;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary>What all commands have in common.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> All
    {
        get
        {
            using FakeMachine machine = new();
            Terminal terminal = new(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false);
            return [.. Paths(ToaCommand.Create(machine, terminal), "")];
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task Help_tells_what_it_does_its_options_and_the_exit_codes(string path)
    {
        using FakeMachine machine = new();

        Run run = await Run.ToaAsync(machine, [.. Words(path), "--help"]);

        run.ExitCode.Should().Be(0);
        run.Error.Should().BeEmpty();
        run.Output.Should().Contain($"toa{(path.Length > 0 ? " " : "")}{path}").And.Contain("--json").And.Contain("Exit code:");
        ShouldHaveNoEscapes(run);
    }

    [Theory, MemberData(nameof(All))]
    public async Task An_unknown_word_is_a_wrong_command_line(string path)
    {
        using FakeMachine machine = new();

        Run run = await Run.ToaAsync(machine, [.. Words(path), "--nonsense"]);

        ShouldBeWrong(run, $"See {("toa " + path).Trim()} --help.");
        run.Error.Should().Contain("--nonsense");
    }

    [Theory]
    [InlineData("", "Required command")]
    [InlineData("nonsense", "'nonsense'")]
    [InlineData("stats --watch 0", "'0' is not a number from 1 to 86400.")]
    [InlineData("stats --watch soon", "'soon'")]
    [InlineData("stats --file", "--file")]
    [InlineData("stats --file - --watch", "cannot be looked at again")]
    [InlineData("table --client 10.0.0.1/8", "'10.0.0.1/8' is no network: its address has bits behind the prefix. 10.0.0.0/8 is one.")]
    [InlineData("table --peer nobody", "'nobody' is no network: 'nobody' is no IP address.")]
    [InlineData("table --port 65536", "'65536' is not a number from 1 to 65535.")]
    [InlineData("table --kind 256", "'256' is not a number from 0 to 255.")]
    [InlineData("table --limit -1", "'-1' is not a number from 0")]
    [InlineData("listen 7000", "'7000' is not an address and a port")]
    [InlineData("listen --trusted 10.0.0.0/33", "a number from 0 to 32")]
    [InlineData("listen --count 0", "'0' is not a number from 1")]
    [InlineData("doctor --seconds 3601", "'3601' is not a number from 0 to 3600.")]
    [InlineData("doctor --port http", "'http'")]
    public async Task A_wrong_value_is_named_on_one_line(string arguments, string complaint)
    {
        using FakeMachine machine = new();

        ShouldBeWrong(await Run.ToaAsync(machine, [.. Words(arguments)]), complaint);
    }

    [Fact]
    public async Task The_version_is_the_project_s()
    {
        using FakeMachine machine = new();

        (await Run.ToaAsync(machine, "--version")).ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("table")]
    [InlineData("doctor")]
    public async Task Nothing_that_is_not_read_on_a_terminal_has_escape_sequences(string command)
    {
        using FakeMachine machine = new FakeMachine().WithModule().Write("proc/net/toa_table", "192.0.2.10:1 198.51.100.7:2 192.0.2.1:3 200");

        ShouldHaveNoEscapes(await Run.ToaAsync(machine, command));
        ShouldHaveNoEscapes(await Run.ToaAsync(machine, command, "--json"));
    }

    private static void ShouldBeWrong(Run run, string complaint)
    {
        run.ExitCode.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("toa: ").And.Contain(complaint).And.EndWith(" --help.\n");
        run.Error.Count(character => character == '\n').Should().Be(1);
    }

    private static void ShouldHaveNoEscapes(Run run) => (run.Output + run.Error).Should().NotContain("\e");

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.SelectMany(part => Paths(part, $"{path} {part.Name}".Trim())).Prepend(path);

    private static string[] Words(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
