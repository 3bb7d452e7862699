using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Tool.Machines;

namespace Toa.Tool.Balancing.Demo;

/// <summary>The privileges that the demo requires.</summary>
internal static class DemoPrivilege
{
    private const string Status = "proc/self/status", Effective = "CapEff:", Tun = "/dev/net/tun";

    // linux/capability.h
    private static readonly IReadOnlyDictionary<string, int> Needed = new Dictionary<string, int>
    {
        ["CAP_NET_ADMIN"] = 12,
        ["CAP_SYS_ADMIN"] = 21,
    };

    /// <exception cref="ToolException">A capability or the TUN device is missing; the message says which.</exception>
    public static void Demand(IMachine machine)
    {
        string[] missing =
            [.. Needed.Where(capability => !Has(machine, capability.Value)).Select(capability => capability.Key)];
        if (missing.Length > 0)
        {
            throw new ToolException(
                $"the demo creates network namespaces and a TUN device, which requires "
                + $"{string.Join(", ", missing)}: run sudo toa lb demo. In a container, use --privileged.");
        }

        if (!machine.Exists(Tun))
        {
            throw new ToolException(
                $"{Tun} does not exist: load the tun module (modprobe tun). In a container, allow it (--device {Tun}).");
        }
    }

    // If the capabilities cannot be read, continue: the kernel reports a missing one later.
    private static bool Has(IMachine machine, int capability)
    {
        string? line = machine.ReadText(Status)?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(Effective, StringComparison.Ordinal));
        return line is null
            || !ulong.TryParse(line.AsSpan(Effective.Length).Trim(), NumberStyles.HexNumber, null, out ulong mask)
            || (mask >> capability & 1) != 0;
    }
}
