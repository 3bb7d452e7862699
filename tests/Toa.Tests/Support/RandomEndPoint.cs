using System;
using System.Net;

namespace Toa.Tests.Support;

/// <summary>Random addresses of all kinds. Those with a special text form or comparison are frequent.</summary>
internal static class RandomEndPoint
{
    public static IPEndPoint Next(Random random)
    {
        byte[] bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes);
        int zeros = random.Next(bytes.Length);
        bytes.AsSpan(zeros, random.Next(bytes.Length - zeros)).Clear();
        if (bytes.Length == 16 && random.Next(4) == 0)
            new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff }.CopyTo(bytes, 0);
        bool linkLocal = bytes.Length == 16 && random.Next(4) == 0;
        if (linkLocal)
            (bytes[0], bytes[1]) = (0xfe, 0x80);

        IPAddress address = linkLocal ? new IPAddress(bytes, random.Next(100)) : new IPAddress(bytes);
        return new IPEndPoint(address, random.Next(65536));
    }
}
