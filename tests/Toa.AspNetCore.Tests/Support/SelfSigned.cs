using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Toa.AspNetCore.Tests.Support;

internal static class SelfSigned
{
    public static X509Certificate2 Certificate { get; } = Make();

    public static bool Is(X509Certificate? other) => other is not null && other.GetRawCertData().AsSpan().SequenceEqual(Certificate.RawData);

    private static X509Certificate2 Make()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=toa.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
