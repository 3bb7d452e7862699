using System;
using System.ComponentModel;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>Kernel TLS for the data that a socket sends: TLS 1.2 with AES-128-GCM.</summary>
internal static class KernelTls
{
    private const int TcpUlp = 31, SolTls = 282, TlsTx = 1;

    public static void Enable(PosixSocket socket)
    {
        ScenarioSkippedException.ThrowBefore(4, 13, "this kernel has no kTLS");
        try
        {
            socket.SetOption(Libc.IPPROTO_TCP, TcpUlp, "tls"u8);
        }
        catch (Win32Exception exception) when (exception.NativeErrorCode == Libc.ENOENT)
        {
            throw new ScenarioSkippedException("this kernel has no kTLS");
        }
        // struct tls12_crypto_info_aes_gcm_128: version, cipher, iv[8], key[16], salt[4], rec_seq[8].
        Span<byte> info = stackalloc byte[40];
        info.Fill(7);
        BitConverter.TryWriteBytes(info, (ushort)0x0303);
        BitConverter.TryWriteBytes(info[2..], (ushort)51);
        socket.SetOption(SolTls, TlsTx, info);
    }

    /// <summary>The size of a record: the header, the explicit nonce, the data and the tag.</summary>
    public static int RecordSize(int dataSize) => 5 + 8 + dataSize + 16;
}
