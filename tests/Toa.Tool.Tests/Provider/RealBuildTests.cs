using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary>Builds the source in the tool with the kernel headers that the guests' modules use.</summary>
public sealed class RealBuildTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("toa-build-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_module_builds_and_names_its_kernel()
    {
        Run run = await ToolProcess.RunAsync("provider", "build", "--kdir", Path.Combine(Kernel("6.1"), "build"), "--output", _folder);

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().StartWith($"Built {_folder}/kmod/toa.ko for 6.1.");
        File.Exists(Path.Combine(_folder, "kmod/toa.ko")).Should().BeTrue();
    }

    private static string Kernel(string name)
    {
        using Process process = Process.Start(new ProcessStartInfo(Repository.PathOf("tests/vm/kernel"), [name]) { RedirectStandardOutput = true })!;
        string folder = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        process.ExitCode.Should().Be(0);
        return folder;
    }
}
