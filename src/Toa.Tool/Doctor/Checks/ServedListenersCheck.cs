using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the eBPF provider serves the listeners of the processes in its cgroup.</summary>
internal sealed class ServedListenersCheck : ICheck
{
    public static readonly FindingKind NotServed = new("TOA308", Severity.Error,
        $"A process in the eBPF provider's cgroup has a listener that is not served");

    public Message About => $"the listeners that the eBPF provider serves";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (examination.Ebpf is not { Loaded: true } ebpf
            || ebpf.Parameters.GetValueOrDefault("cgroup") is not { } path || !path.StartsWith('/'))
            yield break;
        string served = BelowMount(examination.Machine, path);
        if (served.Length == 0)
            yield break;

        IReadOnlyList<Listener> listeners = examination.FindListeners();
        Message[] notServed = [.. listeners.SelectMany(listener => Describe(examination, listener, served))];
        if (notServed.Length > 0)
            yield return NotServed.Found(
                $"{string.Join("; ", notServed)}. The provider serves only sockets that were created in {path}.",
                $"Load the provider for all cgroups: toa-bpf unload, then toa-bpf load with all settings but --cgroup. Or make the process "
                + $"create its socket in this cgroup: do not use systemd socket activation, and create the socket after the process is in the "
                + $"cgroup.");

        Listener[] removed = [.. listeners.Where(examination.ListenerDetails.IsCgroupRemoved)];
        if (removed.Length > 0)
            yield return Checkup.Unknown(this, new CannotLookException(
                $"The cgroup in which these listeners were created was removed: {string.Join(", ", removed.AsEnumerable())}.",
                $"Restart the service that holds the socket, and its .socket unit if it has one."));
        Listener[] unknown =
            [.. listeners.Except(removed).Where(listener => examination.ListenerDetails.CgroupOf(listener) is null)];
        if (unknown.Length > 0)
            throw new CannotLookException(
                $"The cgroup in which these listeners were created is not known: {string.Join(", ", unknown.AsEnumerable())}.",
                $"ss -ltne shows it (package iproute2), on Linux 5.8 and newer.");
        if (!examination.Machine.IsPrivileged)
            throw new CannotLookException($"The processes of other users that hold listeners are not known.", $"Run toa as root.");
    }

    private static IEnumerable<Message> Describe(Examination examination, Listener listener, string served) =>
        examination.ListenerDetails.CgroupOf(listener) is { } made && !IsWithin(made, served)
            ? listener.Holders
                .Select(holder => (Holder: holder, Cgroup: CgroupOf(examination.Machine, holder)))
                .Where(held => held.Cgroup is not null && IsWithin(held.Cgroup, served))
                .Select(held => (Message)
                    $"{listener.End} of {held.Holder.Name} (process {held.Holder.Process}, in {held.Cgroup}) was created in {made}")
            : [];

    // The line of cgroup v2, for example 0::/games.slice.
    private static string? CgroupOf(IMachine machine, Holder holder)
    {
        const string Unified = "0::";
        string file = machine.PathOf($"proc/{holder.Process}/cgroup");
        try
        {
            return File.ReadAllLines(file).FirstOrDefault(line => line.StartsWith(Unified, StringComparison.Ordinal))?[Unified.Length..];
        }
        // The process has ended: the file is missing, or reading it fails with ESRCH.
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            throw new CannotLookException($"This user is not allowed to read {file}.", Privilege.Cure(machine));
        }
    }

    /// <summary>The path below the mount, as ss and /proc show a cgroup; empty for the root cgroup.</summary>
    private static string BelowMount(IMachine machine, string path)
    {
        string? mount = machine.ReadText("proc/self/mounts")?.Split('\n').Select(line => line.Split(' '))
            .Where(words => words is [_, _, "cgroup2", ..]).Select(words => words[1])
            .FirstOrDefault(mount => IsWithin(path, mount));
        return mount is null
            ? throw new CannotLookException(
                $"The sockets that are created in {path} are not known: {path} is not below a mount of cgroup v2 in /proc/self/mounts.",
                $"Run toa on the host.")
            : path[mount.Length..].TrimEnd('/');
    }

    private static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}
