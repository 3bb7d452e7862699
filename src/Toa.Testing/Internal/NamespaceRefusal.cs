using System;
using System.IO;

namespace Toa.Testing.Internal;

/// <summary>Explains why this machine does not allow a network namespace.</summary>
internal static class NamespaceRefusal
{
    // Settings that forbid user namespaces: the file, the value that forbids, and the command that allows.
    private static readonly (string File, string Forbids, string Cure)[] s_settings =
    [
        ("/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
        ("/proc/sys/user/max_net_namespaces", "0", "sysctl -w user.max_net_namespaces=10000"),
        ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    ];

    /// <param name="said">What unshare said.</param>
    public static string Explain(string said)
    {
        foreach ((string file, string forbids, string cure) in s_settings)
        {
            if (Read(file) == forbids)
                return $"This machine does not allow user namespaces ({said}). An administrator can allow them: {cure}";
        }

        return $"This machine does not allow a network namespace ({said}). In a container, its seccomp profile or a missing "
            + "capability prevents it: use --cap-add SYS_ADMIN --cap-add NET_ADMIN --device /dev/net/tun, or run the tests "
            + "outside the container.";
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
