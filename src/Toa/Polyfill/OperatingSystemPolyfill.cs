using System.Runtime.InteropServices;

namespace System;

internal static class OperatingSystemPolyfill
{
    private static readonly bool OnLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

    extension(OperatingSystem)
    {
        public static bool IsLinux() => OnLinux;
    }
}
