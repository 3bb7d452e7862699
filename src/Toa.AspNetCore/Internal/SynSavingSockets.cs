using System;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Toa.AspNetCore.Internal;

/// <summary>Makes Kestrel listen with sockets that keep first packets, where the options want these read.</summary>
internal sealed class SynSavingSockets(IOptions<ToaOptions> options) : IPostConfigureOptions<SocketTransportOptions>
{
    public void PostConfigure(string? name, SocketTransportOptions sockets)
    {
        Func<EndPoint, Socket> create = sockets.CreateBoundListenSocket;
        sockets.CreateBoundListenSocket = endPoint =>
        {
            Socket listener = create(endPoint);
            // A listener from systemd has no IPEndPoint here, so the socket decides. The options are read here only: their
            // validation creates the transport, and with it this class.
            if (listener.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && options.Value.ReadSavedSyn)
                listener.SaveSyn();
            return listener;
        };
    }
}
