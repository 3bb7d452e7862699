using System.Collections.Generic;
using System.Net.Sockets;

namespace Toa.Ratios;

/// <summary>All ways to look up the client of one connection. The first one is in C: the others are compared with it.</summary>
internal static class Candidates
{
    public static IReadOnlyList<Candidate> For(Socket socket)
    {
        int descriptor = (int)socket.Handle;
        ToaResolver resolver = new(new ToaOptions());
        ToaOptions options = new();
        options.KnownIPNetworks.Add("127.0.0.0/8");
        ToaResolver checkingResolver = new(options);
        byte[] answer = new byte[20];

        return
        [
            new("C: getsockopt 4096, else getpeername", calls => Baseline.Lookup(descriptor, calls)),
            new("C: getsockopt 4097", calls => Baseline.Info(descriptor, calls)),
            new("the first pair by P/Invoke, handle held", calls =>
            {
                while (calls-- > 0)
                    ByHand.AskSystem(socket);
            }),
            new("GetRealClient (a struct)", calls =>
            {
                while (calls-- > 0)
                    socket.GetRealClient();
            }),
            new("GetRealRemoteEndPoint (an IPEndPoint)", calls =>
            {
                while (calls-- > 0)
                    socket.GetRealRemoteEndPoint();
            }),
            new("ToaResolver", calls =>
            {
                while (calls-- > 0)
                    resolver.Resolve(socket);
            }),
            new("ToaResolver with known networks", calls =>
            {
                while (calls-- > 0)
                    checkingResolver.Resolve(socket);
            }),
            new("GetRawSocketOption with try/catch", calls =>
            {
                while (calls-- > 0)
                    ByHand.Ask(socket, answer);
            }),
        ];
    }
}
