using System;
using System.Runtime.InteropServices;

namespace Toa.Shared;

/// <summary>bpf(2). Commands and layouts are those of linux/bpf.h.</summary>
internal static unsafe partial class Bpf
{
    /// <summary>Whether this is Linux, on an architecture whose system call number is known.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Number is not null;

    private static nint? Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.X86 => 357,
        Architecture.Arm => 386,
        Architecture.Arm64 => 280,
#if !NETSTANDARD2_0
        Architecture.LoongArch64 => 280,
        Architecture.S390x => 351,
        Architecture.Ppc64le => 361,
#endif
        // RiscV64, which has a name since .NET 9.
        (Architecture)9 => 280,
        _ => null,
    };

    /// <param name="command">BPF_….</param>
    /// <param name="attributes">The part of union bpf_attr that the command reads.</param>
    /// <param name="errno">The reason if the result is negative.</param>
    /// <returns>A descriptor or 0; negative on failure.</returns>
    public static int Call<TAttributes>(int command, ref TAttributes attributes, out int errno)
        where TAttributes : unmanaged
    {
        fixed (TAttributes* pointer = &attributes)
        {
            int result = (int)syscall(Number!.Value, command, pointer, (nuint)sizeof(TAttributes));
            errno = result < 0 ? LastError() : 0;
            return result;
        }
    }

    public static void Close(int descriptor) => _ = close(descriptor);

#if NETSTANDARD2_0
    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(nint number, nint command, void* attributes, nuint size);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    private static int LastError() => Marshal.GetLastWin32Error();
#else
    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint command, void* attributes, nuint size);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    private static int LastError() => Marshal.GetLastSystemError();
#endif
}
