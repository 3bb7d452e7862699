using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Toa.Testing.Internal;

/// <summary>The answer to a <see cref="Request"/>: <c>done</c>, maybe with more words and a file, or <c>failed</c> and the reason.</summary>
internal static class Reply
{
    private const string Done = "done ", Failed = "failed ";

    public static void SendDone(Socket channel, string words = "", SafeHandle? file = null) =>
        DescriptorMessages.Send(channel, Encoding.UTF8.GetBytes(Done + words), file);

    public static void SendFailure(Socket channel, string reason) =>
        DescriptorMessages.Send(channel, Encoding.UTF8.GetBytes(Failed + reason));

    /// <summary>Waits for the reply, and returns its words.</summary>
    /// <exception cref="IOException">The request failed; the message is the reason.</exception>
    /// <exception cref="EndOfStreamException">The other process has ended.</exception>
    public static string Receive(Socket channel, out SafeFileHandle? file)
    {
        Span<byte> buffer = stackalloc byte[DescriptorMessages.MostBytes];
        int length = DescriptorMessages.Receive(channel, buffer, out int descriptor);
        file = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        if (length == 0)
            throw new EndOfStreamException("The process in the test network has ended.");
        string text = Encoding.UTF8.GetString(buffer[..length]);
        if (text.StartsWith(Done, StringComparison.Ordinal))
            return text[Done.Length..];
        file?.Dispose();
        throw new IOException(text.StartsWith(Failed, StringComparison.Ordinal) ? text[Failed.Length..] : text);
    }
}
