using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Firewall;

/// <summary>
/// The rules of iptables and nftables in this network namespace. They are listed only if the kernel has them already: the
/// programs would load the kernel's modules otherwise.
/// </summary>
/// <param name="Tables">The tables that could be read.</param>
/// <param name="Ports">The destination ports that the rules name.</param>
/// <param name="Problems">Why others could not be read.</param>
internal sealed record Ruleset(
    IReadOnlyList<FirewallTable> Tables, IReadOnlySet<int> Ports, IReadOnlyList<CannotLookException> Problems)
{
    private const string LoadedModules = "proc/modules", Module = "nf_tables";

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    public static async Task<Ruleset> ReadAsync(IMachine machine)
    {
        List<FirewallTable> tables = [];
        HashSet<int> ports = [];
        List<CannotLookException> problems = [];
        // One at a time: if one cannot be read, the others are.
        foreach (Func<Task> add in (Func<Task>[])
        [
            () => UsesNftables(machine) ? AddNftablesAsync(machine, tables, ports, problems) : Task.CompletedTask,
            () => AddLegacyAsync(machine, "ip", tables, ports, problems),
            () => AddLegacyAsync(machine, "ip6", tables, ports, problems),
        ])
        {
            try
            {
                await add();
            }
            catch (CannotLookException e)
            {
                problems.Add(e);
            }
        }

        return new Ruleset(tables, ports, problems);
    }

    // A kernel without loadable modules cannot load one.
    private static bool UsesNftables(IMachine machine) =>
        machine.ReadText(LoadedModules) is not { } modules
        || modules.Split('\n').Any(line => line.StartsWith(Module + " ", StringComparison.Ordinal))
        || machine.ReadText($"lib/modules/{machine.KernelRelease()}/modules.builtin")?.Contains($"/{Module}.ko", StringComparison.Ordinal) == true;

    private static async Task AddNftablesAsync(
        IMachine machine, List<FirewallTable> tables, HashSet<int> ports, List<CannotLookException> problems)
    {
        ProcessResult rules = await RunAsync(machine, "nft", "-j", "list", "ruleset");
        bool hasIptables = rules.IsMissing || rules.Output.Contains("{\"xt\":", StringComparison.Ordinal);
        Dictionary<string, FirewallTable> read = [];
        if (hasIptables)
        {
            foreach ((string program, string family) in new[] { ("iptables-nft-save", "ip"), ("ip6tables-nft-save", "ip6") })
            {
                ProcessResult saved = await RunAsync(machine, program);
                if (saved.IsMissing)
                    continue;
                Demand(saved, program);
                IReadOnlyList<FirewallTable> added =
                    IptablesReader.Read(saved.Output, family == "ip6", program[..^"-save".Length], ports);
                tables.AddRange(added);
                foreach (FirewallTable table in added)
                    read.Add($"{family} {table.Name}", table);
            }
        }

        if (rules.IsMissing)
        {
            // Without loadable modules, the kernel does not show whether it has nftables.
            if (machine.Exists(LoadedModules))
                problems.Add(new CannotLookException(
                    $"The rules of nftables are not known: nft is not installed.", $"Install it: {Packages.Of("nftables")}."));
            return;
        }

        Demand(rules, "nft -j list ruleset");
        try
        {
            tables.AddRange(NftablesReader.Read(rules.Output, read, ports));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new CannotLookException(
                $"The rules of nftables are not known: the output of nft -j list ruleset cannot be read: {e.Message}",
                $"Run nft list ruleset to see them.");
        }
    }

    private static async Task AddLegacyAsync(
        IMachine machine, string family, List<FirewallTable> tables, HashSet<int> ports, List<CannotLookException> problems)
    {
        // The tables in use. iptables-save does not create others.
        string names = $"proc/net/{family}_tables_names";
        if (string.IsNullOrWhiteSpace(machine.ReadText(names)))
            return;
        string program = $"{family}tables-legacy-save";
        ProcessResult saved = await RunAsync(machine, program);
        if (saved.IsMissing)
            saved = await RunAsync(machine, program = $"{family}tables-save");
        // The program of this name can be that for nftables.
        if (saved.IsMissing || saved.Output.Contains("(nf_tables)", StringComparison.Ordinal))
        {
            problems.Add(new CannotLookException(
                $"The rules in {machine.PathOf(names)} are not known: {family}tables-legacy-save is not installed.",
                $"Install it: {Packages.Of("iptables")}."));
            return;
        }

        Demand(saved, program);
        tables.AddRange(IptablesReader.Read(saved.Output, family == "ip6", program[..^"-save".Length], ports));
    }

    private static void Demand(ProcessResult result, string call)
    {
        if (!result.IsFine)
            throw new CannotLookException(
                $"The rules of iptables and nftables are not known: {call} failed: {result.Complaint.TrimEnd('.')}.", $"Run toa as root.");
        if (result.IsCut)
            throw new CannotLookException(
                $"The rules of iptables and nftables are not known: the output of {call} is too long.",
                $"Check the rules for the service's port yourself: see docs/operate/doctor.md.");
    }

    private static async Task<ProcessResult> RunAsync(IMachine machine, string program, params string[] arguments)
    {
        using CancellationTokenSource stop = new(s_longest);
        try
        {
            return await machine.RunAsync(program, arguments, stop.Token);
        }
        catch (OperationCanceledException)
        {
            throw new CannotLookException(
                $"The rules of iptables and nftables are not known: {program} did not end in {(int)s_longest.TotalSeconds} seconds.",
                $"Run it yourself to see why.");
        }
    }
}
