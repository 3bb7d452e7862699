using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The kernel of a container that has one of its own: a provider of the host does not reach its sockets.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Marks">How that is known: at least two signs that do not follow from each other.</param>
internal sealed record SandboxKernel(SandboxKind Kind, IReadOnlyList<Message> Marks)
{
    // gVisor reports releases such as 4.4.0 and 4.19.0-gvisor, but always this build.
    private const string GVisorBuild = "Sun Jan 10 15:06:54 PST 2016";

    private const string KataTarget = "systemd.unit=kata-containers.target", KataAgent = "/kata-agent", KataShare = "kataShared";

    /// <returns>Null if the signs are not sufficient.</returns>
    public static async Task<SandboxKernel?> DetectAsync(IMachine machine, bool isContainer)
    {
        string[] mounts = Lines(machine, "proc/self/mounts");
        return await DetectGVisorAsync(machine, mounts) ?? DetectKata(machine, mounts, isContainer);
    }

    private static async Task<SandboxKernel?> DetectGVisorAsync(IMachine machine, string[] mounts)
    {
        List<Message> marks = [];
        if (TryRead(machine, "proc/version").Contains(GVisorBuild, StringComparison.Ordinal))
            marks.Add($"the version of the kernel");
        // none / 9p rw,trans=fd,rfdno=4,wfdno=4,aname=/,dfltuid=… 0 0
        if (mounts.Any(mount => mount.Split(' ') is [_, _, "9p", var options, ..] && options.Contains("trans=fd,rfdno=", StringComparison.Ordinal)))
            marks.Add($"file systems of type 9p");
        // WSL 2 mounts such file systems too.
        if (marks.Count == 1 && (await machine.RunAsync("dmesg", [], CancellationToken.None)).Output.Contains("Starting gVisor", StringComparison.Ordinal))
            marks.Add($"the kernel's log");
        return marks.Count > 1 ? new SandboxKernel(SandboxKind.GVisor, marks) : null;
    }

    private static SandboxKernel? DetectKata(IMachine machine, string[] mounts, bool isContainer)
    {
        string[] words = TryRead(machine, "proc/cmdline").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        bool isNamed = words.Contains(KataTarget)
            || Array.Exists(words, word => word.StartsWith("init=", StringComparison.Ordinal) && word.EndsWith(KataAgent, StringComparison.Ordinal));
        bool hasAgent = isNamed || Array.Exists(words, word => word.StartsWith("agent.", StringComparison.Ordinal));
        // kataShared / virtiofs rw,relatime 0 0, and in later versions: none / virtiofs rw,relatime 0 0
        bool isShared = mounts.Any(mount => mount.Split(' ') is [KataShare, _, "virtiofs" or "9p", ..] or ["none", "/", "virtiofs", ..]);
        if (!hasAgent || !(isShared || (isNamed && isContainer)))
            return null;
        List<Message> marks = [$"the command line of the kernel"];
        if (isShared)
            marks.Add($"a file system that Kata shares");
        if (isContainer)
            marks.Add($"signs of a container");
        return new SandboxKernel(SandboxKind.Kata, marks);
    }

    private static string[] Lines(IMachine machine, string file) => TryRead(machine, file).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string TryRead(IMachine machine, string file)
    {
        try
        {
            return machine.ReadText(file) ?? "";
        }
        catch (CannotLookException)
        {
            return "";
        }
    }
}

/// <summary>The container runtimes that give a container a kernel of its own.</summary>
internal enum SandboxKind
{
    /// <summary>A kernel in user space, with a TCP stack of its own.</summary>
    GVisor,

    /// <summary>A Linux kernel in a virtual machine.</summary>
    Kata,
}
