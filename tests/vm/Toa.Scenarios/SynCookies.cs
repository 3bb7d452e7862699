using System;
using System.IO;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>The kernel's own number of handshakes that were completed with a SYN cookie.</summary>
internal static class SynCookies
{
    public static long Received
    {
        get
        {
            string[][] rows = [.. File.ReadLines("/proc/net/netstat")
                .Where(line => line.StartsWith("TcpExt:", StringComparison.Ordinal))
                .Select(line => line.Split(' '))];
            return long.Parse(rows[1][Array.IndexOf(rows[0], "SyncookiesRecv")]);
        }
    }
}
