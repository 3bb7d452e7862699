using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>The names of this machine and of its domains.</summary>
internal sealed partial class HostNames
{
    private const string Replacement = "HOST";

    // A name that is also a word of the bundle would make that unreadable, and a number is in too many places.
    private static readonly string[] Words =
    [
        "toa", "toa-bpf", "lb", "host", "localhost", "server", "client", "balancer", "linux", "gnu", "debian", "ubuntu", "centos", "fedora",
        "rocky", "almalinux", "tencentos", "kernel", "module", "ebpf", "bpf", "cgroup", "provider", "doctor", "error", "warning", "info", "ok",
    ];

    private readonly Regex? _names;

    private HostNames(Regex? names, string? kept) => (_names, Kept) = (names, kept);

    /// <summary>The name of the machine if it is too common to be replaced.</summary>
    public string? Kept { get; }

    public static HostNames Of(IMachine machine)
    {
        List<string> patterns = [];
        string? kept = null;
        string[] full = [.. FirstWord("proc/sys/kernel/hostname").Concat(FirstWord("etc/hostname")).Distinct()];
        foreach (string name in full.Select(name => name.Split('.')[0]).Distinct())
        {
            if (name.Length < 3 || name.All(char.IsDigit) || Words.Contains(name, StringComparer.OrdinalIgnoreCase))
                kept = name;
            else
                // A name of hexadecimal digits is not one between colons: there, it is a part of an address.
                patterns.Add(name.All(char.IsAsciiHexDigit)
                    ? $@"(?<![0-9a-f]:|::){Regex.Escape(name)}(?!:[0-9a-f]{{0,4}}:)(\.[\w-]+)*"
                    : $@"{Regex.Escape(name)}(\.[\w-]+)*");
        }

        IEnumerable<string> domains = full.Where(name => name.Contains('.')).Select(name => name[(name.IndexOf('.') + 1)..])
            .Concat(FirstWord("proc/sys/kernel/domainname"))
            .Concat(Read(machine, "etc/resolv.conf").Split('\n').Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words is ["search" or "domain", ..]).SelectMany(words => words[1..]))
            .Select(name => name.Trim('.')).Where(name => name.Length > 0 && name != "(none)").Distinct();
        // A domain of one label, such as lan, is a word too: it is replaced together with the label before it.
        patterns.AddRange(domains.Select(domain => $@"([\w-]+\.){(domain.Contains('.') ? '*' : '+')}{Regex.Escape(domain)}"));
        return new HostNames(
            patterns.Count > 0
                ? new Regex($@"(?<![A-Za-z0-9])({string.Join('|', patterns)})(?![A-Za-z0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)
                : null,
            kept);

        IEnumerable<string> FirstWord(string path) => Read(machine, path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(1);
    }

    /// <summary>
    /// Replaces the names, USER@HOST of any machine, for example of the one that built the kernel, and users in URLs and in paths.
    /// </summary>
    public string Mask(string text)
    {
        text = UserInUrl().Replace(text, $"USER@{Replacement}");
        text = UserAtHost().Replace(text, $"USER@{Replacement}");
        text = HomeFolder().Replace(text, "USER");
        return _names?.Replace(text, Replacement) ?? text;
    }

    private static string Read(IMachine machine, string path)
    {
        try
        {
            return machine.ReadText(path) ?? "";
        }
        catch (CannotLookException)
        {
            return "";
        }
    }

    // With the password.
    [GeneratedRegex(@"(?<=://)[^\s/@]+@[^\s/:]+")]
    private static partial Regex UserInUrl();

    // Not in a path, where systemd's units have this form.
    [GeneratedRegex(@"(?<![\w/.+-])[\w.+-]+@(?>[\w-]+(\.[\w-]+)*)(?!\w)")]
    private static partial Regex UserAtHost();

    [GeneratedRegex(@"(?<=/home/)[^/\s]+")]
    private static partial Regex HomeFolder();
}
