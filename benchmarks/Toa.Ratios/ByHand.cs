using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toa.Ratios;

/// <summary>The calls that a program can make without the library.</summary>
internal static unsafe partial class ByHand
{
    private const int IPProtocolIP = 0;
    private const int GetLookup = 4096;
    private const int AddressSize = 28;

    /// <param name="socket">The socket whose client is looked up.</param>
    /// <param name="answer">The buffer for a struct toa_nat64_peer.</param>
    /// <param name="framesBetween">The number of frames between the call and its catch block. Each frame makes an exception
    /// more expensive.</param>
    public static EndPoint? Ask(Socket socket, byte[] answer, int framesBetween = 0)
    {
        try
        {
            if (framesBetween == 0)
                socket.GetRawSocketOption(IPProtocolIP, GetLookup, answer);
            else
                AskBelow(socket, answer, framesBetween);
            return new IPEndPoint(new IPAddress(answer.AsSpan(0, 16)), (answer[16] << 8) | answer[17]);
        }
        catch (SocketException)
        {
            return socket.RemoteEndPoint;
        }
    }

    /// <summary>
    /// The system calls of the baseline, as .NET makes them. No lookup that prevents the descriptor from being closed during
    /// the calls can cost less. The answers are not read.
    /// </summary>
    [SkipLocalsInit]
    public static int AskSystem(Socket socket)
    {
        SafeSocketHandle handle = socket.SafeHandle;
        bool held = false;
        handle.DangerousAddRef(ref held);
        int error = AskSystem((int)handle.DangerousGetHandle());
        handle.DangerousRelease();
        return error;
    }

    [SkipLocalsInit, MethodImpl(MethodImplOptions.NoInlining)]
    private static int AskSystem(int descriptor)
    {
        byte* answer = stackalloc byte[AddressSize];
        uint size = 20;
        if (getsockopt(descriptor, IPProtocolIP, GetLookup, answer, &size) == 0)
            return 0;
        int error = Marshal.GetLastSystemError();
        size = AddressSize;
        return getpeername(descriptor, answer, &size) == 0 ? error : -1;
    }

    [LibraryImport("libc")]
    private static partial int getsockopt(int socket, int level, int name, byte* value, uint* size);

    [LibraryImport("libc")]
    private static partial int getpeername(int socket, byte* address, uint* size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AskBelow(Socket socket, byte[] answer, int frames)
    {
        if (frames > 1)
            AskBelow(socket, answer, frames - 1);
        else
            socket.GetRawSocketOption(IPProtocolIP, GetLookup, answer);
        // Otherwise the calls above would be tail calls, and leave no frame.
        GC.KeepAlive(answer);
    }
}
