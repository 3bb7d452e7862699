using System;
using System.Net;
using System.Net.Http.Json;
using System.Threading.Tasks;
using Toa.PlayedProvider;

namespace Toa.AspNetCore.Tests.Support;

/// <summary>An HTTP client of <see cref="WebServer"/>.</summary>
internal sealed class Visitor : HttpVisitor
{
    public Visitor(IPAddress server, int port, string scheme = "http", Version? version = null, string from = "127.0.0.1")
        : base(server, port, scheme, version, from) =>
        Handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => SelfSigned.Is(certificate);

    public Task<Seen?> AskAsync(string path = "/") => Http.GetFromJsonAsync<Seen>(path);
}
