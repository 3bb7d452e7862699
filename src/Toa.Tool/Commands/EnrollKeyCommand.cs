using System.CommandLine;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;
using Toa.Tool.Provider;

namespace Toa.Tool.Commands;

/// <summary><c>toa provider enroll-key</c></summary>
internal static class EnrollKeyCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<bool> check = new("--check")
        {
            Description = "Only show what is done and what is next. Exit code 1: something is left to do",
        };
        Option<string?> key = new("--key")
        {
            HelpName = "FILE",
            Description = "Your private key, instead of the key of DKMS: a PEM file, or pkcs11:…; requires --certificate",
        };
        Option<string?> certificate = new("--certificate")
        {
            HelpName = "FILE",
            Description = "The certificate of your key, in DER form. Without --key, it is enrolled, and nothing is signed",
        };
        Option<string?> module = new("--module")
        {
            HelpName = "FILE",
            Description = "The module to sign (default: the installed module, else the module from toa provider build)",
        };
        Option<string?> password = new("--password-file")
        {
            HelpName = "FILE",
            Description = "The file with the one-time password that you type at the console (default: mokutil asks on the terminal)",
        };
        Option<bool> dryRun = ProviderCommand.DryRun();
        Command command = new(
            "enroll-key",
            "Make a kernel with Secure Boot accept the module: find or make the key that signs it, request its enrollment, and sign the "
            + "module. You confirm the request at the machine's console during a reboot. You can run it again at any time: it does what is "
            + "left to do.")
        {
            check, key, certificate, module, password, dryRun,
        };
        command.Validators.Add(arguments =>
        {
            if (arguments.GetResult(key) is { Implicit: false } && arguments.GetResult(certificate) is not { Implicit: false })
                arguments.Refuse($"--key requires --certificate.");
        });
        command.SetAction(async (arguments, stop) =>
        {
            if (ProviderCommand.IsEbpf(arguments))
                throw new ToolException($"the eBPF provider is not a module: it needs no key.");
            Steps steps = new(machine, arguments.GetValue(dryRun));
            ModuleProvider provider = new(machine);
            KeyEnrollment enrollment = new(machine, provider, steps);
            SigningKey? named = arguments.GetValue(certificate) is { } file ? SigningKey.Of(machine, arguments.GetValue(key), file) : null;
            if (!arguments.GetValue(check))
            {
                ActionDocument done =
                    await enrollment.RunAsync(named, arguments.GetValue(module), arguments.GetValue(password), stop);
                ProviderCommand.Print(terminal, done, arguments);
                return ExitCode.Fine;
            }

            KeyDocument state = await enrollment.CheckAsync(named, arguments.GetValue(module), stop);
            if (arguments.IsJson())
                ToolJson.Write(terminal, state, ToolJson.Plain.KeyDocument);
            else
                Print(terminal, state);
            return state.Complete ? ExitCode.Fine : ExitCode.Trouble;
        });
        return command;
    }

    private static void Print(Terminal terminal, KeyDocument state)
    {
        if (state.Certificate is not { } certificate)
        {
            terminal.Output.WriteLine(state.Next);
            return;
        }

        Message yes = $"yes", no = $"no", requested = $"requested, not confirmed at the console", hidden = $"not readable by this user";
        Message unsigned = $"no signature", other = $"signed with another key", unknown = $"signed, the key is not known", own = $"signed with this key";
        Message missing = $"does not exist yet", noModule = $"not installed";
        Line("required by", $"{string.Join(", ", state.Demands)}");
        Line("certificate", state.Name is { } name ? (Message)$"{certificate} ({name})" : $"{certificate}: {missing}");
        if (state.Key is { } key)
            Line("key", $"{key}");
        Line("enrolled", state.Enrolled switch { KeyEnrolled.Yes => yes, KeyEnrolled.Requested => requested, _ => no });
        Line("known to the kernel", state.InKernel switch { true => yes, false => no, null => hidden });
        Message signature = state.Signature switch
        {
            ModuleSignature.Key => own,
            ModuleSignature.Other => other,
            ModuleSignature.Unknown => unknown,
            _ => unsigned,
        };
        Line("module", state.Module is { } module ? (Message)$"{module}: {signature}" : noModule);
        terminal.Output.WriteLine(state.Next);

        void Line(string title, Message text) => ProviderCommand.PrintLine(terminal, title, text);
    }
}
