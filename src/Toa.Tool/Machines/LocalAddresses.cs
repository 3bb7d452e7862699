using System;
using System.Collections.Generic;
using System.Net;

namespace Toa.Tool.Machines;

/// <summary>The addresses of this network namespace, from the routing tables of the kernel.</summary>
/// <remarks>Not from NetworkInterface of .NET, which fails without /etc/resolv.conf.</remarks>
internal static class LocalAddresses
{
    private const string IPv4File = "proc/net/fib_trie", IPv6File = "proc/net/if_inet6";

    private const int IPv6Digits = 32;

    /// <exception cref="CannotLookException">The addresses cannot be read.</exception>
    public static IReadOnlySet<IPAddress> Of(IMachine machine)
    {
        string routes = machine.ReadText(IPv4File)
            ?? throw new CannotLookException($"{machine.PathOf(IPv4File)} is missing.", $"Mount it: mount -t proc proc /proc.");
        HashSet<IPAddress> addresses = [];
        //     |-- 10.1.2.3
        //        /32 host LOCAL
        string? node = null;
        foreach (string line in routes.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["|--", var address])
                node = address;
            else if (words is ["/32", "host", "LOCAL"] && IPAddress.TryParse(node, out IPAddress? local))
                addresses.Add(local);
        }

        // 20010db8000200000000000000000002 02 40 00 80 eth0. Without IPv6, the file does not exist.
        foreach (string line in (machine.ReadText(IPv6File) ?? "").Split('\n'))
        {
            if (line.Length > IPv6Digits && TryReadHex(line[..IPv6Digits]) is { } bytes)
                addresses.Add(new IPAddress(bytes));
        }

        return addresses;
    }

    private static byte[]? TryReadHex(string digits)
    {
        byte[] bytes = new byte[IPv6Digits / 2];
        return Convert.FromHexString(digits, bytes, out _, out int written) == System.Buffers.OperationStatus.Done && written == bytes.Length
            ? bytes
            : null;
    }
}
