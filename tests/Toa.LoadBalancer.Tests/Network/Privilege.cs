using System.IO;
using System.Runtime.InteropServices;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The capabilities of a thread: Linux has a set for each thread.</summary>
internal static partial class Privilege
{
    private const uint Version3 = 0x20080522;
    private const int NetAdmin = 12;

    /// <summary>Removes CAP_NET_ADMIN from the calling thread, and from the threads that it creates later.</summary>
    public static void DropNetAdmin()
    {
        Header header = new() { Version = Version3 };
        Sets sets = default;
        if (GetCapabilities(ref header, ref sets) != 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        sets.EffectiveLow &= ~(1u << NetAdmin);
        if (SetCapabilities(ref header, ref sets) != 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    private struct Header
    {
        public uint Version;
        public int Thread;
    }

    private struct Sets
    {
        public uint EffectiveLow;
        public uint PermittedLow;
        public uint InheritableLow;
        public uint EffectiveHigh;
        public uint PermittedHigh;
        public uint InheritableHigh;
    }

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int GetCapabilities(ref Header header, ref Sets sets);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(ref Header header, ref Sets sets);
}
