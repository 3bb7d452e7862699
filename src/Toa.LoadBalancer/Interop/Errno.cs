using System.IO;
using System.Runtime.InteropServices;

namespace Toa.LoadBalancing.Interop;

/// <summary>The error numbers that the code handles (the generic Linux values), and their messages.</summary>
internal static class Errno
{
    internal const int OperationNotPermitted = 1;
    internal const int NoSuchFile = 2;
    internal const int Interrupted = 4;
    internal const int InputOutput = 5;
    internal const int NoSuchDeviceOrAddress = 6;
    internal const int TryAgain = 11;
    internal const int PermissionDenied = 13;
    internal const int Busy = 16;
    internal const int Exists = 17;
    internal const int NoSuchDevice = 19;
    internal const int InvalidArgument = 22;
    internal const int DescriptorInBadState = 77;
    internal const int NotSupported = 95;
    internal const int FamilyNotSupported = 97;

    internal static int Last => Marshal.GetLastPInvokeError();

    /// <summary>An exception that says what failed, why, and what to do about it.</summary>
    internal static IOException Failure(string what, int error, string? cure = null)
    {
        string text = $"{what}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).";
        return new IOException(cure is null ? text : $"{text} {cure}", error);
    }
}
