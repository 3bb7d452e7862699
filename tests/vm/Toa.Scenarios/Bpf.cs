using System.ComponentModel;
using System.Runtime.InteropServices;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>bpf(2).</summary>
internal static unsafe class Bpf
{
    public static int Call(int command, void* attributes, uint size)
    {
        nint result = Libc.syscall(Libc.SYS_bpf, command, attributes, (nint)size);
        return result >= 0 ? (int)result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"bpf command {command}");
    }
}
