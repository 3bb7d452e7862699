using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>A key that signs modules, and its certificate. They may not exist yet.</summary>
/// <param name="Key">The private key: a file, or a PKCS#11 address. Null if only the certificate is known.</param>
/// <param name="Certificate">The file of the certificate, in DER form.</param>
internal sealed partial record SigningKey(string? Key, string Certificate)
{
    private const string Token = "pkcs11:";

    // Fedora's and RHEL's akmods sign with these.
    private const string AkmodsKey = "/etc/pki/akmods/private/private_key.priv", AkmodsCertificate = "/etc/pki/akmods/certs/public_key.der";

    private const string DkmsTree = "/var/lib/dkms", DkmsKey = DkmsTree + "/mok.key";

    private const string UbuntuFolder = "/var/lib/shim-signed/mok", UbuntuKey = UbuntuFolder + "/MOK.priv";

    private const string KeySetting = "mok_signing_key";

    /// <summary>Whether the user named it.</summary>
    public bool IsNamed { get; private init; }

    /// <summary>A program that DKMS runs instead of sign-file; null if its settings name none.</summary>
    public string? SignFile { get; private init; }

    /// <summary>Finds the key with which DKMS signs modules on this machine, by the rules of DKMS.</summary>
    /// <exception cref="ToolException">A setting of DKMS cannot be evaluated, or one of the two files is missing.</exception>
    public static SigningKey Find(IMachine machine, string release)
    {
        string? signFile = Setting("sign_file");
        string? key = Setting(KeySetting), certificate = Setting("mok_certificate");
        // DKMS before version 3 runs such a script. The script knows the key.
        if (key is null && Setting("sign_tool") is { } script)
            throw new ToolException(
                $"DKMS signs with {script}, and the key of that program is not known. Name its certificate with --certificate.");
        SigningKey found = key is null && IsUbuntu(machine)
            ? new SigningKey(UbuntuKey, $"{UbuntuFolder}/MOK.der")
            : new SigningKey(key ?? DkmsKey, certificate ?? $"{DkmsTree}/mok.pub");
        if (key is null && found.IsAbsent(machine) && machine.Exists(AkmodsKey) && machine.Exists(AkmodsCertificate))
            found = new SigningKey(AkmodsKey, AkmodsCertificate);
        found.DemandBothOrNone(machine);
        return found with { SignFile = signFile };

        string? Setting(string name) => ReadSetting(machine, name, release);
    }

    /// <summary>The key that the user names.</summary>
    /// <exception cref="ToolException">A file does not exist.</exception>
    public static SigningKey Of(IMachine machine, string? key, string certificate)
    {
        SigningKey named = new(
            key is null || key.StartsWith(Token, StringComparison.Ordinal) ? key : Path.GetFullPath(key), Path.GetFullPath(certificate))
        {
            IsNamed = true,
        };
        foreach (string? file in (string?[])[named.Key, named.Certificate])
        {
            if (file is not null && !file.StartsWith(Token, StringComparison.Ordinal) && !machine.Exists(file))
                throw new ToolException($"{file} does not exist. Without --key and --certificate, toa uses or makes the key of DKMS.");
        }

        return named;
    }

    /// <summary>Whether DKMS signs modules with it.</summary>
    public bool IsOfDkms(IMachine machine, string release) =>
        Key == (ReadSetting(machine, KeySetting, release) ?? (IsUbuntu(machine) ? UbuntuKey : DkmsKey));

    /// <summary>Whether there is no key yet.</summary>
    public bool IsAbsent(IMachine machine) => !HasKey(machine) && !machine.Exists(Certificate);

    /// <summary>Makes the key where DKMS looks for it. DKMS uses a key that exists, and else makes one itself.</summary>
    /// <exception cref="ToolException">The key cannot be made.</exception>
    public async Task MakeAsync(Steps steps, CancellationToken stop)
    {
        foreach (string folder in ((string[])[Path.GetDirectoryName(Key!)!, Path.GetDirectoryName(Certificate)!]).Distinct())
            Demand(await steps.RunAsync("mkdir", ["-p", folder], stop), "mkdir");
        // codeSigning: some kernels require it. The second purpose means "modules only": shim does not start programs that are signed
        // with such a key. openssl makes the key readable for root only.
        Demand(await steps.RunAsync("openssl",
        [
            "req", "-new", "-x509", "-nodes", "-sha256", "-days", "36500", "-newkey", "rsa:2048", "-subj", "/CN=DKMS module signing key",
            "-addext", "extendedKeyUsage=codeSigning,1.3.6.1.4.1.2312.16.1.2",
            "-keyout", Key!, "-outform", "DER", "-out", Certificate,
        ], stop), "openssl");

        void Demand(ProcessResult result, string program)
        {
            if (result.IsMissing)
                throw KeyEnrollment.Missing(program);
            if (!result.IsFine)
                throw new ToolException($"the key {Key} cannot be made: {result.Complaint}");
        }
    }

    private bool HasKey(IMachine machine) =>
        Key is not null && (Key.StartsWith(Token, StringComparison.Ordinal) || machine.Exists(Key));

    private void DemandBothOrNone(IMachine machine)
    {
        bool hasKey = HasKey(machine), hasCertificate = machine.Exists(Certificate);
        if (hasKey != hasCertificate)
            throw new ToolException(
                $"{(hasKey ? Key : Certificate)} exists, but {(hasKey ? Certificate : Key)} is missing. toa does not overwrite a key: restore "
                + $"the missing file, or move the other one away. toa then makes a new pair.");
    }

    private static bool IsUbuntu(IMachine machine) =>
        (machine.ReadText("etc/os-release") ?? "").Split('\n').Any(line => line is "ID=ubuntu" or "ID=\"ubuntu\"");

    // The files are shell scripts. The last assignment counts.
    private static string? ReadSetting(IMachine machine, string name, string release)
    {
        const string Folder = "etc/dkms/framework.conf.d";
        string? value = ((string[])["etc/dkms/framework.conf", .. machine.List(Folder).Where(file => file.EndsWith(".conf", StringComparison.Ordinal))
                .Select(file => $"{Folder}/{file}")])
            .SelectMany(file => (machine.ReadText(file) ?? "").Split('\n'))
            .Select(line => Assignment().Match(line))
            .LastOrDefault(match => match.Success && match.Groups["name"].Value == name)?.Groups["value"].Value.Trim().Trim('"', '\'');
        if (string.IsNullOrEmpty(value))
            return null;
        value = Variable().Replace(value, match => match.Groups["name"].Value switch
        {
            "kernelver" => release,
            "dkms_tree" => ReadSetting(machine, "dkms_tree", release) ?? DkmsTree,
            _ => match.Value,
        });
        return value.AsSpan().IndexOfAny("$`") < 0
            ? value
            : throw new ToolException(
                $"the settings of DKMS have {name}={value}, which toa cannot evaluate. Name the files with --key and --certificate.");
    }

    [GeneratedRegex(@"^\s*(?:export\s+)?(?<name>\w+)=(?<value>""[^""]*""|'[^']*'|[^\s#]*)")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\$\{?(?<name>\w+)\}?")]
    private static partial Regex Variable();
}
