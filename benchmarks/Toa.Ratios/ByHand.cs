using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Toa.Ratios;

/// <summary>What a program does that has no library.</summary>
internal static class ByHand
{
    private const int IPProtocolIP = 0;
    private const int GetLookup = 4096;

    /// <param name="socket">Whose client is looked up.</param>
    /// <param name="answer">Room for a struct toa_nat64_peer.</param>
    /// <param name="framesBetween">How far above the question a failure is caught: it costs more by each frame.</param>
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AskBelow(Socket socket, byte[] answer, int frames)
    {
        if (frames > 1)
            AskBelow(socket, answer, frames - 1);
        else
            socket.GetRawSocketOption(IPProtocolIP, GetLookup, answer);
        // Else the calls above would be jumps, and leave no frame.
        GC.KeepAlive(answer);
    }
}
