using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Toa.Scenarios;

/// <summary>bpf(2).</summary>
internal static unsafe partial class Bpf
{
    private const int Number = 321;

    public static int Call(int command, void* attributes, uint size)
    {
        nint result = syscall(Number, command, attributes, size);
        return result >= 0 ? (int)result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"bpf command {command}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint command, void* attributes, nuint size);
}
