using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Toa.LoadBalancing.Interop;

namespace Toa.Testing.Internal;

/// <summary>Passes open files between two processes, with a message (SCM_RIGHTS, unix(7)).</summary>
internal static unsafe partial class DescriptorMessages
{
    /// <summary>The size in bytes of the longest message.</summary>
    public const int MostBytes = 8192;

    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int CloseOnExec = 0x40000000;
    private const int NoSignal = 0x4000;

    /// <exception cref="IOException">The other process has ended.</exception>
    public static void Send(Socket channel, ReadOnlySpan<byte> message, SafeHandle? file = null)
    {
        bool isHeld = false;
        try
        {
            file?.DangerousAddRef(ref isHeld);
            RightsMessage rights = new() { Length = (nuint)RightsMessage.UsedBytes, Level = SocketLevel, Type = Rights };
            if (file is not null)
                rights.Descriptor = (int)file.DangerousGetHandle();
            fixed (byte* start = message)
            {
                Part part = new() { Start = start, Length = (nuint)message.Length };
                MessageHeader header = new() { Parts = &part, PartCount = 1 };
                if (file is not null)
                {
                    header.Control = &rights;
                    header.ControlLength = (nuint)sizeof(RightsMessage);
                }

                while (SendMessage(channel.SafeHandle, &header, NoSignal) < 0)
                    ThrowUnlessInterrupted("send to");
            }
        }
        finally
        {
            if (isHeld)
                file!.DangerousRelease();
        }
    }

    /// <summary>Receives a message of at most <see cref="MostBytes"/>.</summary>
    /// <param name="channel">A Unix socket of type SOCK_SEQPACKET.</param>
    /// <param name="message">The buffer.</param>
    /// <param name="descriptor">The file that came with the message, which the caller must close; -1 if there is no file.</param>
    /// <returns>The number of bytes; 0 if the other process has closed its end.</returns>
    /// <exception cref="IOException">The socket failed.</exception>
    public static int Receive(Socket channel, Span<byte> message, out int descriptor)
    {
        RightsMessage rights = default;
        fixed (byte* start = message)
        {
            Part part = new() { Start = start, Length = (nuint)message.Length };
            MessageHeader header = new()
            {
                Parts = &part,
                PartCount = 1,
                Control = &rights,
                ControlLength = (nuint)sizeof(RightsMessage),
            };
            nint length;
            while ((length = ReceiveMessage(channel.SafeHandle, &header, CloseOnExec)) < 0)
                ThrowUnlessInterrupted("receive from");
            bool hasFile = header.ControlLength >= (nuint)RightsMessage.UsedBytes
                && rights is { Level: SocketLevel, Type: Rights };
            descriptor = hasFile ? rights.Descriptor : -1;
            return (int)length;
        }
    }

    private static void ThrowUnlessInterrupted(string what)
    {
        int error = Errno.Last;
        if (error != Errno.Interrupted)
            throw Errno.Failure($"Cannot {what} the other process", error);
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    // struct iovec.
    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public void* Start;
        public nuint Length;
    }

    // struct msghdr.
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    // struct cmsghdr, and one file.
    [StructLayout(LayoutKind.Sequential)]
    private struct RightsMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;

        // Without the padding at the end.
        public static int UsedBytes => sizeof(nuint) + (3 * sizeof(int));
    }
}
