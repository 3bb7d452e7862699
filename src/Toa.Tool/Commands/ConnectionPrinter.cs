using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Tool.Capture;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Language;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary>Prints captured connections, one per line.</summary>
internal sealed class ConnectionPrinter(Terminal terminal, ProviderRules rules, bool isJson)
{
    // Columns for IPv4, as in /proc/net/toa_table: longer values move the rest of the line.
    private static readonly int[] Widths = [6, 22, 22, 22, 12, 12, 14];

    public void Begin(DecodeSettings settings)
    {
        if (isJson)
        {
            Write(new DecodeEvent("settings", Settings: settings));
            return;
        }

        Message judged = $"Judged by formats={settings.Formats} ({settings.FormatsFrom}), trusted={settings.Trusted} "
            + $"({settings.TrustedFrom}), syn={(settings.Syn ? "Y" : "N")} ({settings.SynFrom})";
        terminal.Error.WriteLine(judged.ToString());
        WriteRow("packet", "client", "balancer", "server", "kind/length", "format", "segments", "accepted");
    }

    public void Print(CapturedConnection connection)
    {
        DecodeEvent found = DecodeEvent.Of(connection, rules.Judge(connection));
        if (isJson)
        {
            Write(found);
            return;
        }

        string more = connection.HasMoreOptions ? ",…" : "";
        WriteRow(
            found.Packet!.Value.ToString(CultureInfo.InvariantCulture), found.Client ?? "-", found.Balancer!, found.Server!,
            string.Join(',', found.Options!.Select(option => $"{option.Kind}/{option.Length}")) + more,
            string.Join(',', found.Options!.Select(option => option.FormatNames)) + more,
            PlaceNames.Join(connection.Options.Aggregate(SegmentPlaces.None, (places, option) => places | option.Places)).Replace(" ", ""),
            found.Reason!);
    }

    public void End(long packets, ConnectionTracker tracker, IReadOnlyList<Message> warnings)
    {
        if (isJson)
        {
            DecodeSummary summary = new(
                packets, tracker.Segments, tracker.Syns, tracker.Malformed, tracker.Shown,
                [.. warnings.Select(warning => warning.ToString())]);
            Write(new DecodeEvent("end", Summary: summary));
        }

        foreach (Message warning in warnings)
            terminal.Error.WriteLine($"toa: {warning}");
        if (isJson)
            return;
        Message end = $"packets: {packets}, TCP segments: {tracker.Segments}, SYNs: {tracker.Syns}, segments with malformed options: "
            + $"{tracker.Malformed}, connections with TOA options: {tracker.Shown}";
        terminal.Error.WriteLine(end.ToString());
    }

    private void Write(DecodeEvent found) => ToolJson.Write(terminal, found, ToolJson.Plain.DecodeEvent);

    private void WriteRow(params string[] cells) => terminal.Output.WriteLine(
        string.Join("  ", cells.Select((cell, at) => at < Widths.Length ? cell.PadRight(Widths[at]) : cell)));
}
