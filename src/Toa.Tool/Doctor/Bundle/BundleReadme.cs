using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>The file README of a bundle, in English as all files of it.</summary>
internal static class BundleReadme
{
    /// <param name="examination">What the doctor has seen.</param>
    /// <param name="entries">The other files.</param>
    /// <param name="gaps">What is missing.</param>
    /// <param name="mask">Replaces addresses and names; null if they are not replaced.</param>
    /// <param name="isNameKept">Whether the name of this machine cannot be replaced.</param>
    public static string Write(
        Examination examination, IReadOnlyList<BundleEntry> entries, IReadOnlyList<BundleGap> gaps, Func<string, string>? mask,
        bool isNameKept)
    {
        StringBuilder text = new();
        string version = typeof(BundleReadme).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        string made = examination.Machine.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        DoctorOptions options = examination.Options;
        string ports = options.Ports.Count == 0 ? "all" : string.Join(", ", options.Ports);
        text.Append(
            $"""
            Made by toa doctor --bundle, version {version}, on {made} UTC.
            Root: {(examination.Machine.IsPrivileged ? "yes" : "no")}. Ports: {ports}. Interface: {options.Interface ?? "all"}. Captured for {options.Duration.TotalSeconds} s.
            Test connections (--probe): {(options.Probe ? "yes" : "no")}.

            FILES

            """);
        int width = entries.Max(entry => entry.Name.Length);
        foreach (BundleEntry entry in entries)
            text.Append($"{entry.Name.PadRight(width)}  {entry.Holds}\n");
        text.Append(
            """

            toa stats --file counters-after.txt, toa table --file table.txt and toa decode packets.pcapng read these files again. With
            packets.pcapng, toa decode says "handshake is not in the capture": packets without a TOA option are left out.

            MISSING

            """);
        foreach (BundleGap gap in gaps.Distinct())
            text.Append($"{gap.Name}: {mask?.Invoke(gap.Why.ToString()) ?? gap.Why.ToString()}\n");
        if (gaps.Count == 0)
            text.Append("Nothing.\n");
        text.Append(mask is null ? NotMasked : Masked);
        if (mask is not null && isNameKept)
            text.Append("* The name of this machine is a common word, a number or very short. It is not replaced.\n");
        return text.ToString();
    }

    private const string NotMasked =
        """

        ADDRESSES

        Addresses and host names are the real ones (--with-addresses). Data of packets and comments of settings are left out.

        """;

    private const string Masked =
        """

        ADDRESSES

        Addresses are replaced. One address has the same replacement in all files of this bundle, and another one in each bundle.
        * Addresses that begin with the same bits still do. So an address is in a network here if and only if the real address is in the real network.
        * Not replaced: ports, lengths of networks, ids of virtual networks, 0.0.0.0, ::, 127.0.0.0/8, ::1.
        * The first bits that tell private, link-local, multicast and similar addresses from others stay. A public address next to such
          a range, such as 192.169.0.1, can keep up to 16 of them.
        * Addresses in examples of commands, such as "echo 10.0.0.16/28", are replaced too: use those of the documentation.
        * A text that looks like an IPv4 address but is not valid has an x for each valid number: x.x.x.256. A version with four numbers is
          replaced as an address.
        * Hardware addresses are xx:xx:xx:xx:xx:xx. This machine's name and names of its domains are HOST, mail addresses and the like are
          USER@HOST. Names of processes, interfaces and cgroups stay.
        * In packets and options, IP options and all bytes that are not known to be free of addresses are zero, or xx in hexadecimal.
          The checksums are those of the replaced headers. The TCP checksum of a packet with data is 0, because the data is left out.

        """;
}
