using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Channels;
using System.Threading.Tasks;
using Toa.Tool.Output;

namespace Toa.Tool.Live;

/// <summary>Prints events as lines of text, or each event as a line of JSON.</summary>
internal sealed class LiveLines(Terminal terminal, bool isJson)
{
    // Columns for IPv4, as those of toa capture: longer values move the rest of the line.
    private static readonly int[] s_widths = [22, 22, 22, 12, 12];

    private string? _provider, _problem;

    public async Task ShowAsync(ChannelReader<LiveEvent> events)
    {
        await foreach (LiveEvent happened in events.ReadAllAsync())
        {
            if (isJson)
                ToolJson.Write(terminal, happened, ToolJson.Plain.LiveEvent);
            else
                Write(happened);
        }
    }

    /// <summary>The counters that have moved, and the connections, on one line.</summary>
    private static string LineOf(LiveState state)
    {
        IEnumerable<string> rates = (state.Counters ?? []).Where(rate => rate is { PerSecond: > 0, IsOfHeld: false })
            .Select(rate => $"{rate.Name}={LiveScreen.Number(rate.PerSecond)}/s");
        IEnumerable<string> held = state.Held.Select(held => $"held_{held.Key}={held.Value}");
        IEnumerable<string> connections = state.Connections is { } count
            ?
            [
                $"connections={(count.Share < 1 ? "~" : "")}{LiveScreen.Number(count.PerSecond)}/s",
                $"shown={LiveScreen.Number(count.ShownPerSecond)}/s{(count.Share < 1 ? $" sample={count.Percent}%" : "")}",
            ]
            : [];
        return string.Join(' ', rates.Concat(held).Concat(connections));
    }

    private void Write(LiveEvent happened)
    {
        if (happened.Message is { } message)
            WriteLine(happened, message);
        if (happened.Connection is { } connection)
        {
            WriteLine(happened, string.Join("  ", connection.Cells.Select((cell, at) =>
                at < s_widths.Length ? cell.PadRight(s_widths[at]) : cell)));
        }

        if (happened.State is not { } state)
            return;
        WriteIfNew(happened, ref _provider, LiveScreen.ProviderOf(state).ToString());
        WriteIfNew(happened, ref _problem, string.Join(' ', LiveScreen.ProblemsOf(state).Select(problem => problem.ToString())));
        if (LineOf(state) is { Length: > 0 } line)
            WriteLine(happened, line);
    }

    private void WriteIfNew(LiveEvent happened, ref string? last, string text)
    {
        if (text.Length > 0 && text != last)
            WriteLine(happened, text);
        last = text;
    }

    private void WriteLine(LiveEvent happened, string text) => terminal.Output.WriteLine(
        $"{happened.Time.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture)} {text}");
}
