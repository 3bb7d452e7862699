using System.Net.Sockets;

namespace Toa.Scenarios.Posix;

/// <summary>A socket as socket(2) returns it.</summary>
internal sealed class BareSocket(AddressFamily family, int type) : PosixSocket(Check(
    Libc.socket(family == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6, type | Libc.SOCK_CLOEXEC, 0), "socket"));
