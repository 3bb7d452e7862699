using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
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

    // With tcpdump -w - | toa decode -, Ctrl+C stops both: the last packets are on their way.
    private static readonly TimeSpan LastPackets = TimeSpan.FromSeconds(2);

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
            string name = arguments.GetValue(file) ?? throw new ToolException($"FILE is missing. See toa decode --help.")
            {
                ExitCode = ExitCode.WrongCommandLine,
            };
            using CaptureReader reader = Open(name);
            (ProviderRules rules, DecodeSettings settings) = await rulesOptions.ReadAsync(arguments, machine, stop);
            ConnectionPrinter printer = new(terminal, rules, arguments.IsJson());
            printer.Begin(settings);
            ConnectionTracker tracker = new(arguments.GetRequiredValue(port), rules.Formats, printer.Print);
            // Reading a pipe cannot be cancelled.
            Task<List<Message>> reading = Task.Run(() => Decode(reader, tracker, stop), CancellationToken.None);
            try
            {
                await reading.WaitAsync(stop);
            }
            catch (OperationCanceledException) when (!reading.IsCompleted)
            {
                if (await Task.WhenAny(reading, Task.Delay(LastPackets, machine.Clock, CancellationToken.None)) != reading)
                    throw;
            }

            List<Message> warnings = await reading;
            printer.End(reader.Number, tracker, warnings);
            return warnings.Count > 0 ? ExitCode.Trouble : ExitCode.Fine;
        });
        return command;
    }

    private static CaptureReader Open(string name)
    {
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
            throw new ToolException($"cannot read {name}: {e.Message} Name a capture file that you may read.", e);
        }
    }

    /// <returns>What the file lacks.</returns>
    private static List<Message> Decode(CaptureReader reader, ConnectionTracker tracker, CancellationToken stop)
    {
        SortedDictionary<int, long> unknownLinks = [];
        long cut = 0, firstCut = 0;
        while (!stop.IsCancellationRequested && reader.Read())
        {
            if (!LinkLayer.IsKnown(reader.LinkType))
            {
                unknownLinks.TryAdd(reader.LinkType, reader.Number);
                continue;
            }

            ReadOnlySpan<byte> packet = LinkLayer.FindIP(reader.LinkType, reader.Packet);
            if (!tracker.Record(reader.Number, reader.Time, packet) && reader.IsCut && MayBeTcp(packet) && cut++ == 0)
                firstCut = reader.Number;
        }

        tracker.End();
        List<Message> warnings = [];
        if (reader.Problem is { } problem)
            warnings.Add($"packet {reader.Number + 1}: {problem}. The packets before it are decoded.");
        warnings.AddRange(unknownLinks.Select(link => (Message)
            $"packet {link.Value}: the link type {link.Key} is not known, and its packets are left out. Capture with tcpdump -i any."));
        if (cut > 0)
            warnings.Add(
                $"packet {firstCut}: it was cut before the end of its TCP header, and so were {cut - 1} others. Capture with tcpdump -s 0.");
        if (tracker.Early > 0)
            warnings.Add(
                $"there were more than {ConnectionTracker.MostConnections} connections at once: {tracker.Early} of them were judged before "
                + $"their end. Select a service with --port.");
        return warnings;
    }

    // Of a packet without a complete TCP header.
    private static bool MayBeTcp(ReadOnlySpan<byte> packet) =>
        packet.Length < 10 || packet[packet[0] >> 4 == 4 ? 9 : 6] == 6;
}
