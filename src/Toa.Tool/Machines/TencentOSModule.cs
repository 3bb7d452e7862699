using System;
using System.Linq;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The module toa that TencentOS ships with its kernels, in net/toa.</summary>
internal static class TencentOSModule
{
    /// <summary>The parameter that was added together with the fix for kernels 4.17 and later.</summary>
    public const string PeerNameSwitch = "disable_getpeername";

    // Since 4.17 inet_getname returns the length of the address; before, it returned 0. The older module expects 0 on all kernels.
    private static readonly Version LengthReturned = new(4, 17);

    private static readonly Message OnlyIPv4 =
        $"It reads TOA options of kind 200 only and does not answer getsockopt: it reports IPv4 clients, but no IPv6 clients";

    private static readonly Message Nothing =
        $"It reads TOA options of kind 200, but reports no clients: without the parameter {PeerNameSwitch}, it does not work on "
        + $"kernels from 4.17 on";

    /// <summary>A description of the module's abilities.</summary>
    /// <param name="release">The kernel's release.</param>
    /// <param name="hasSwitch">Whether it has the parameter <see cref="PeerNameSwitch"/>.</param>
    public static Message Ability(string release, bool hasSwitch) =>
        hasSwitch || VersionOf(release) < LengthReturned ? OnlyIPv4 : Nothing;

    private static Version VersionOf(string release) =>
        Version.TryParse(string.Join('.', release.Split('.', '-').Take(2)), out Version? version) ? version : LengthReturned;
}
