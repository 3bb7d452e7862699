using System;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Toa.AspNetCore.Internal;

/// <summary>Makes Kestrel's listeners save SYNs, if the options enable reading them.</summary>
internal sealed class SynSavingSockets(IOptions<ToaOptions> options) : IPostConfigureOptions<SocketTransportOptions>
{
    public void PostConfigure(string? name, SocketTransportOptions sockets)
    {
        Func<EndPoint, Socket> create = sockets.CreateBoundListenSocket;
        sockets.CreateBoundListenSocket = endPoint =>
        {
            Socket listener = create(endPoint);
            // A listener from systemd has no IPEndPoint here, so check the socket. Read the options only here: their validation
            // creates the transport, and with it this class.
            if (listener.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 && options.Value.ReadSavedSyn)
                listener.SaveSyn();
            return listener;
        };
    }
}
