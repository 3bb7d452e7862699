using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>
/// Makes a kernel with Secure Boot accept the module: finds or makes the key that signs it, requests shim to enroll the key, and signs
/// the module. The user confirms the request at the console, in shim's MokManager. Each run does what is left to do.
/// </summary>
internal sealed class KeyEnrollment(IMachine machine, ModuleProvider provider, Steps steps)
{
    // The limits of mokutil.
    private const int LongestPassword = 256;

    // shim writes such variables at each boot. mokutil's requests, which anyone can write, do not end with RT.
    private const string ShimVariable = "RT-605dab50-e046-4300-abb6-3dd810dd8b23";

    /// <summary>What the machine has at this moment.</summary>
    private sealed record State(KeyCertificate? Certificate, KeyEnrolled Enrolled, bool? InKernel, ModuleFile? Module, ModuleSignature Signature)
    {
        public bool IsAccepted => Enrolled == KeyEnrolled.Yes && InKernel != false;
    }

    /// <param name="key">The key that the user names; null for that of DKMS.</param>
    /// <param name="file">The module to sign; null for the installed one, or else the one from <c>toa provider build</c>.</param>
    /// <param name="passwordFile">The file with the one-time password; null to ask on the terminal.</param>
    /// <param name="stop">Cancels it.</param>
    /// <exception cref="ToolException">A step is not possible; the message says why.</exception>
    public async Task<ActionDocument> RunAsync(SigningKey? key, string? file, string? passwordFile, CancellationToken stop)
    {
        RefuseContainer();
        if (NotNeeded(out _) is { } reason)
            return steps.Done("enroll-key", reason);
        provider.DemandRoot(steps, "enroll-key");
        key ??= SigningKey.Find(machine, provider.Release);
        string? password = passwordFile is null ? null : ReadPassword(passwordFile);

        State state = await ExamineAsync(key, file, stop);
        bool isToRequest = state.Enrolled == KeyEnrolled.No;
        // Before the first change: a key that cannot be enrolled is of no use.
        if (isToRequest)
            await DemandRequestAsync(key, password, stop);
        (ModuleFile File, string Program)? unsigned = key.Key is not null && state.Module is { } module && !IsPacked(module)
            && state.Signature is ModuleSignature.None or ModuleSignature.Other ? (module, FindProgram(key, module)) : null;

        if (state.Certificate is null)
            await key.MakeAsync(steps, stop);
        if (unsigned is var (toSign, program))
            await SignAsync(key, toSign, program, stop);
        if (isToRequest)
            await RequestAsync(key, password, stop);
        if (steps.IsDryRun)
            return steps.Done("enroll-key", Steps.NothingDone);

        state = await ExamineAsync(key, file, stop);
        if (state.Enrolled == KeyEnrolled.No)
            throw new ToolException(
                $"mokutil --import {key.Certificate} succeeded, but mokutil --test-key does not show the request. Run it by hand.");
        return steps.Done("enroll-key", Next(key, state));
    }

    /// <summary>Reports the state, and what is left to do. Changes nothing.</summary>
    /// <exception cref="ToolException">The state cannot be read; the message says why.</exception>
    public async Task<KeyDocument> CheckAsync(SigningKey? key, string? file, CancellationToken stop)
    {
        RefuseContainer();
        Message? reason = NotNeeded(out IReadOnlyList<Message> demands);
        if (reason is not null)
            return new KeyDocument([], null, null, null, KeyEnrolled.No, null, null, ModuleSignature.None, true, reason.ToString());
        key ??= SigningKey.Find(machine, provider.Release);
        State state = await ExamineAsync(key, file, stop);
        bool isComplete = state is { IsAccepted: true, Module: not null, Signature: ModuleSignature.Key };
        return new KeyDocument(
            [.. demands.Select(demand => demand.ToString())], key.Key, key.Certificate, state.Certificate?.Name, state.Enrolled,
            state.InKernel, state.Module?.Path, state.Signature, isComplete, Next(key, state).ToString());
    }

    public static ToolException Missing(string program) => new($"{program} is missing: {Packages.Of(program)}.");

    private void RefuseContainer()
    {
        if (machine.DetectProvider().IsContainer)
            throw new ToolException($"this is a container. Keys are enrolled on the host: run toa provider enroll-key there, as root.");
    }

    /// <summary>Why no key is needed; null if the kernel requires one.</summary>
    /// <exception cref="ToolException">The kernel requires signatures, but does not accept enrolled keys.</exception>
    private Message? NotNeeded(out IReadOnlyList<Message> demands)
    {
        bool isOn = SignatureDemands.IsSecureBootOn(machine);
        (demands, IReadOnlyList<CannotLookException> unknown) = SignatureDemands.Read(machine);
        if (isOn)
            return null;
        if (demands.Count == 0)
            return unknown.Count == 0
                ? (Message)$"Secure Boot is off, and the kernel accepts modules without a signature: no key is needed."
                : throw unknown[0];
        Message cure =
            $"Remove this demand from the kernel's command line, or use the eBPF provider, which needs no signature: toa provider install "
            + $"--kind {EbpfProvider.Kind}.";
        throw new ToolException(machine.Exists(SignatureDemands.Efi)
            ? (Message)($"{string.Join(", ", demands)}, but Secure Boot is off: the kernel ignores enrolled keys. Switch Secure Boot on in the "
                + $"firmware's setup. {cure}")
            : $"{string.Join(", ", demands)}, but this machine was not started by UEFI, so no key can be enrolled. {cure}");
    }

    private async Task<State> ExamineAsync(SigningKey key, string? file, CancellationToken stop)
    {
        ModuleFile? module = await FindModuleAsync(file, stop);
        KeyCertificate? certificate = machine.Exists(key.Certificate) ? await KeyCertificate.ReadAsync(machine, key.Certificate, stop) : null;
        bool? inKernel = certificate is null ? false : IsInKernel(certificate);
        KeyEnrolled enrolled = certificate is null ? KeyEnrolled.No
            : inKernel == true ? KeyEnrolled.Yes
            : await AskMokutilAsync(key, stop);
        return new State(
            certificate, enrolled, inKernel, module, module is null ? ModuleSignature.None : await SignatureOfAsync(module, certificate, stop));
    }

    // 0e497705 I------  1 perm 1f010000  0  0 asymmetri DKMS module signing key: 6ccece7e…: X509.rsa bb419ea1 []
    private bool? IsInKernel(KeyCertificate certificate)
    {
        // The kernel shows its keys to root only.
        string[] keys = (machine.ReadText("proc/keys") ?? "").Split('\n');
        return Array.Exists(keys, line => line.Contains(" asymmetri", StringComparison.Ordinal)
            && line.Contains($": {certificate.Id}:", StringComparison.OrdinalIgnoreCase)) ? true
            : Array.Exists(keys, line => line.Contains(" asymmetri", StringComparison.Ordinal)) ? false
            : null;
    }

    // The exit status differs between versions.
    private async Task<KeyEnrolled> AskMokutilAsync(SigningKey key, CancellationToken stop)
    {
        ProcessResult result = await machine.RunAsync("mokutil", ["--test-key", key.Certificate], stop);
        string words = result.Output + result.Error;
        return result.IsMissing ? throw Missing("mokutil")
            : Says("is not enrolled") ? KeyEnrolled.No
            : Says("enrollment request") ? KeyEnrolled.Requested
            : Says("already") ? KeyEnrolled.Yes
            : throw new ToolException($"mokutil --test-key {key.Certificate} failed: {result.Complaint}");

        bool Says(string text) => words.Contains(text, StringComparison.Ordinal);
    }

    private async Task<ModuleFile?> FindModuleAsync(string? file, CancellationToken stop)
    {
        if (file is not null)
            return await provider.ReadNamedAsync(file, stop);
        if (await provider.InstalledAsync(stop) is { Count: > 0 } installed)
        {
            // Another vendor's module stays as it is.
            ModuleFile? chosen = (await ModprobeChoice.AskAsync(machine, provider.Release, stop)).Module;
            return chosen is { IsOwn: true } ? chosen : installed.FirstOrDefault(module => module.IsOwn == true);
        }

        string built = ModuleProvider.ModuleIn(ModuleProvider.BuildFolder(provider.Release));
        return machine.Exists(built) ? await ModuleFile.ReadAsync(machine, provider.Release, machine.PathOf(built), stop) : null;
    }

    private async Task<ModuleSignature> SignatureOfAsync(ModuleFile module, KeyCertificate? certificate, CancellationToken stop)
    {
        if (await AskAsync("sig_id") is not { Length: > 0 })
            return ModuleSignature.None;
        string? serial = await AskAsync("sig_key");
        return serial is not { Length: > 0 } ? ModuleSignature.Unknown
            : certificate?.HasSerial(serial) == true ? ModuleSignature.Key
            : ModuleSignature.Other;

        async Task<string?> AskAsync(string field)
        {
            ProcessResult result = await machine.RunAsync("modinfo", ["-F", field, module.Path], stop);
            return result.IsMissing ? throw Missing("kmod")
                : result.IsFine ? result.Output.Trim()
                : throw new ToolException($"modinfo -F {field} {module.Path} failed: {result.Complaint}");
        }
    }

    private async Task DemandRequestAsync(SigningKey key, string? password, CancellationToken stop)
    {
        await provider.DemandProgramAsync("mokutil", $"", stop);
        if (!machine.List(SignatureDemands.Variables).Any(name => name.EndsWith(ShimVariable, StringComparison.Ordinal)))
            throw new ToolException(
                $"shim did not start this machine, so it cannot enroll a key: the firmware has no variable of shim. Add {key.Certificate} to the "
                + $"firmware's own list of keys (db) in its setup, or use the eBPF provider, which needs no signature.");
        if (password is null && !steps.IsDryRun && !machine.HasTerminal)
            throw new ToolException(
                $"mokutil asks for a one-time password, but the standard input is not a terminal. Run toa provider enroll-key on a "
                + $"terminal, or name a file that contains the password with --password-file.");
    }

    private async Task RequestAsync(SigningKey key, string? password, CancellationToken stop)
    {
        string[] import = ["--import", key.Certificate];
        ProcessResult result = password is null
            ? await steps.RunOnTerminalAsync("mokutil", import, stop)
            : await steps.RunAsync("mokutil", import, stop, $"{password}\n{password}\n");
        if (!result.IsFine)
            throw new ToolException($"mokutil --import {key.Certificate} failed: {result.Complaint}");
    }

    private string ReadPassword(string file)
    {
        string path = Path.GetFullPath(file);
        string password = (machine.ReadText(path) ?? throw new ToolException($"{file} does not exist.")).Split('\n')[0].TrimEnd('\r');
        if (password.Length is 0 or > LongestPassword)
            throw new ToolException($"{file}: the password in the first line must have 1 to {LongestPassword} characters.");
        // You type it at the console before an operating system runs.
        if (!password.All(character => character is >= ' ' and <= '~'))
            throw new ToolException(
                $"{file}: the password has a character that is not ASCII. MokManager has a US keyboard: use letters and digits.");
        return password;
    }

    private string FindProgram(SigningKey key, ModuleFile module)
    {
        string[] programs =
        [
            .. key.SignFile is { } named ? [named] : Array.Empty<string>(),
            "/usr/bin/kmodsign", $"{provider.HeadersFolder}/scripts/sign-file",
        ];
        return Array.Find(programs, machine.Exists) ?? throw new ToolException(
            $"{module.Path} has no signature by this key, and no program that signs modules was found ({string.Join(", ", programs)}). "
            + $"Install the headers: {Packages.Headers(provider.Release)}.");
    }

    private async Task SignAsync(SigningKey key, ModuleFile module, string program, CancellationToken stop)
    {
        ProcessResult result = await steps.RunAsync(program, [HashOfKernel(), key.Key!, key.Certificate, module.Path], stop);
        if (!result.IsFine)
            throw new ToolException(
                $"{module.Path} cannot be signed: {result.Complaint} If the key has a password, set the environment variable KBUILD_SIGN_PIN.");
    }

    private string HashOfKernel()
    {
        const string Setting = "CONFIG_MODULE_SIG_HASH=";
        return ((string[])[$"boot/config-{provider.Release}", $"{provider.HeadersFolder}/.config"])
            .SelectMany(file => (machine.ReadText(file) ?? "").Split('\n'))
            .FirstOrDefault(line => line.StartsWith(Setting, StringComparison.Ordinal))?[Setting.Length..].Trim('"') ?? "sha512";
    }

    private static bool IsPacked(ModuleFile module) => !module.Path.EndsWith(".ko", StringComparison.Ordinal);

    private Message Next(SigningKey key, State state)
    {
        Message again = $"Run toa provider enroll-key: it makes a key if there is none, signs the module, and requests the enrollment.";
        Message notLoaded =
            $"{key.Certificate} is enrolled, but the kernel did not load it at boot: it is not in /proc/keys. dmesg | grep -i x509 shows the "
            + $"keys that it loaded.";
        Message next = state switch
        {
            { Enrolled: KeyEnrolled.No } => again,
            { Enrolled: KeyEnrolled.Requested } => $"{Confirmation(key)}{(IsSigned(state) ? (Message)$"" : $"\n{Sign(key, state)}")}",
            { InKernel: false } => notLoaded,
            _ when !IsSigned(state) => Sign(key, state),
            _ when provider.IsLoaded => $"The key is enrolled, and the module is signed with it and loaded. Nothing is left to do.",
            _ => $"The key is enrolled, and {state.Module!.Path} is signed with it. Load it now: toa provider load.",
        };
        Message settings =
            $"DKMS signs with another key. For future kernels, write to /etc/dkms/framework.conf: mok_signing_key={key.Key} and "
            + $"mok_certificate={key.Certificate}";
        return key is { IsNamed: true, Key: not null } && !key.IsOfDkms(machine, provider.Release) ? $"{next}\n{settings}" : next;
    }

    private static bool IsSigned(State state) => state.Module is not null && state.Signature == ModuleSignature.Key;

    private static Message Confirmation(SigningKey key)
    {
        Message[] lines =
        [
            $"The enrollment of {key.Certificate} is requested. Confirm it at the machine's console: its screen and keyboard, or the remote "
                + $"console of the server or the cloud. SSH does not show it.",
            $"1. Reboot. When the console shows 'Press any key to perform MOK management', press a key within 10 seconds.",
            $"2. Select 'Enroll MOK', 'Continue', 'Yes', and type the password. The keyboard is a US keyboard.",
            $"3. Select 'Reboot'.",
            $"4. Check the result: toa provider enroll-key --check",
        ];
        return $"{string.Join<Message>("\n  ", lines)}";
    }

    /// <summary>How the module gets its signature.</summary>
    private Message Sign(SigningKey key, State state)
    {
        if (state.Module is not { } module)
            return $"No module of this project is installed for {provider.Release}. Install it: toa provider install. DKMS signs it.";
        if (state.Signature == ModuleSignature.Unknown)
            return $"{module.Path} is signed, but modinfo does not show the key. toa provider load shows whether the kernel accepts it.";
        if (key.Key is null)
            return $"{module.Path} is not signed with this key. Sign it where the private key is, or name that key with --key.";
        if (!IsPacked(module))
            return $"{module.Path} is not signed with this key. Run toa provider enroll-key: it signs the module.";
        return $"{module.Path} is compressed and not signed with this key. Run toa provider install: DKMS builds it again, and signs it before it "
            + $"compresses it. By hand: unpack it, sign it with sign-file, compress it again, and run depmod.";
    }
}
