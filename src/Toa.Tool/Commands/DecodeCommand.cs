using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Capture;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Capture.Files;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa decode</c></summary>
internal static class DecodeCommand
{
    private const string StandardInput = "-", StandardInputFile = "/dev/stdin";

    public static Command Create(IMachine machine, Terminal terminal)
    {
        Argument<string?> file = new("FILE")
        {
            Description = "The capture (pcap or pcapng), of a server or a balancer; - reads standard input",
            // It is required, but without an error the help would not be shown.
            Arity = ArgumentArity.ZeroOrOne,
        };
        file.Validators.Add(value =>
        {
            if (value.Tokens is [{ Value: ['-', _, ..] option }])
                value.Refuse($"Unknown argument '{option}'.");
        });
        Option<int[]> port = CommonOptions.Ports("Only connections to port N");
        ProviderRulesOptions rulesOptions = new();
        CommandWithExamples command = new(
            "decode",
            "Show the connections with TOA options in a capture file: client, balancer, server, the options with their formats, the "
            + "segments that carried them, and whether a provider accepts the client.",
            [
                "toa decode server.pcapng --formats huawei --trusted 10.0.0.16/28",
                "ssh server tcpdump -i any -U -w - 'tcp port 443' | toa decode -",
            ])
        {
            file, port,
        };
        rulesOptions.AddTo(command);
        command.SetAction(async (arguments, stop) =>
        {
            string name = arguments.GetValue(file) is { Length: > 0 } given
                ? given
                : throw new ToolException($"FILE is missing. See toa decode --help.") { ExitCode = ExitCode.WrongCommandLine };
            // It can wait for the first byte of a pipe.
            using CaptureReader reader = await Task.Run(() => Open(name), CancellationToken.None).WaitAsync(stop);
            (ProviderRules rules, DecodeSettings settings) = await rulesOptions.ReadAsync(arguments, machine, stop);
            ConnectionPrinter printer = new(terminal, rules, arguments.IsJson());
            printer.Begin(settings);
            ConnectionTracker tracker = new(arguments.GetRequiredValue(port), rules.Formats, printer.Print);
            FileDecoding decoding = new(reader, tracker);
            try
            {
                // Reading a pipe cannot be cancelled.
                await Task.Run(decoding.Run, CancellationToken.None).WaitAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // It shows what it has. For a pipe, this is the usual end.
            }

            List<Message> warnings = decoding.End();
            printer.End(decoding.Packets, tracker, warnings);
            if (name != StandardInput)
                stop.ThrowIfCancellationRequested();
            return warnings.Count > 0 ? ExitCode.Trouble : ExitCode.Fine;
        });
        return command;
    }

    private static CaptureReader Open(string name)
    {
        if (name == StandardInput && Terminal.IsInputClosed)
            throw new ToolException($"cannot read {name}: the standard input is closed. Name a capture file that you may read.");
        FileStream? file = null;
        try
        {
            file = new FileStream(
                name == StandardInput ? StandardInputFile : name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 1 << 16);
            return CaptureReader.Open(file, name);
        }
        catch (ToolException)
        {
            file?.Dispose();
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            file?.Dispose();
            // .NET says that the access is denied.
            if (Directory.Exists(name))
                throw new ToolException($"cannot read {name}: it is a folder. Name a capture file that you may read.", e);
            throw new ToolException($"cannot read {name}: {e.Message} Name a capture file that you may read.", e);
        }
    }
}
