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
            // Asked for here only: to validate the options, the transport is made that these sockets are for.
            if (endPoint is IPEndPoint && options.Value.ReadSavedSyn)
                listener.SaveSyn();
            return listener;
        };
    }
}
