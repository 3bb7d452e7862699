using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>The certificate of a key that signs modules.</summary>
/// <param name="Name">The subject.</param>
/// <param name="Serial">The serial number. modinfo shows it for a module that is signed with the key.</param>
/// <param name="Id">The identifier of the key: the list of the kernel's keys shows it.</param>
internal sealed record KeyCertificate(string Name, string Serial, string Id)
{
    // The first byte of DER: a sequence. PEM begins with a dash.
    private const byte Sequence = 0x30;

    /// <exception cref="ToolException">The file is not a certificate in DER form, or openssl is missing.</exception>
    public static async Task<KeyCertificate> ReadAsync(IMachine machine, string file, CancellationToken stop)
    {
        if (machine.ReadBytes(file) is not [Sequence, ..])
            throw new ToolException(
                $"{file} is not a certificate in DER form, which mokutil requires. To convert PEM: openssl x509 -in {file} -outform DER -out "
                + $"{file}.der");
        ProcessResult result = await machine.RunAsync(
            "openssl", ["x509", "-inform", "DER", "-in", file, "-noout", "-subject", "-serial", "-ext", "subjectKeyIdentifier"],
            stop);
        if (result.IsMissing)
            throw KeyEnrollment.Missing("openssl");
        string[] lines = result.Output.Split('\n', StringSplitOptions.TrimEntries);
        string? serial = After("serial=");
        if (!result.IsFine || serial is null)
            throw new ToolException($"{file} is not a certificate: {result.Complaint}");
        // The identifier is on the line below its name. The kernel uses the serial number of a certificate without one.
        string id = lines.SkipWhile(line => !line.Contains("Subject Key Identifier", StringComparison.Ordinal)).Skip(1).FirstOrDefault() ?? serial;
        return new KeyCertificate(After("subject=") ?? "", Number(serial), Number(id));

        string? After(string start) =>
            lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..].Trim();
    }

    /// <summary>Whether this is the serial number, in any notation.</summary>
    public bool HasSerial(string text) => Number(text).TrimStart('0') == Serial.TrimStart('0');

    private static string Number(string text) => text.Replace(":", "", StringComparison.Ordinal).Trim().ToLowerInvariant();
}
