using System.ComponentModel;
using System.Runtime.InteropServices;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>bpf(2).</summary>
internal static unsafe class Bpf
{
    private const int Number = 321;

    public static int Call(int command, void* attributes, uint size)
    {
        nint result = Libc.syscall(Number, command, attributes, (nint)size);
        return result >= 0 ? (int)result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"bpf command {command}");
    }
}
