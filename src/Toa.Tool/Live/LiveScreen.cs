using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Channels;
using System.Threading.Tasks;
using Spectre.Console;
using Spectre.Console.Rendering;
using Toa.Tool.Commands;
using Toa.Tool.Language;
using Toa.Tool.Output;

namespace Toa.Tool.Live;

/// <summary>A live view on a terminal: the provider, what has changed, rates, and the last connections.</summary>
internal sealed class LiveScreen(Terminal terminal)
{
    // Each row takes time to draw. More connections than this in an interval cannot be read anyway.
    private const int MostMessages = 3, LeastRows = 3, MostRows = 20, TableFrame = 4;

    // A list of trusted networks can be longer than the screen.
    private const int LongestLine = 300;

    private readonly Queue<string> _messages = new();
    private readonly Queue<(string Time, LiveConnection Connection)> _connections = new();
    private int _width;

    public Task ShowAsync(ChannelReader<LiveEvent> events) => terminal.Rich.Live(new Text("starting ...")).StartAsync(async live =>
    {
        await foreach (LiveEvent happened in events.ReadAllAsync())
        {
            Remember(happened);
            if (happened.State is not { } state)
                continue;
            // The last view had lines of another length, so the cursor cannot be moved back to its beginning.
            if (_width != 0 && _width != terminal.Rich.Profile.Width)
                terminal.Rich.Clear(home: true);
            _width = terminal.Rich.Profile.Width;
            live.UpdateTarget(Draw(state)); // and draws it
        }
    });

    /// <summary>The provider and its settings.</summary>
    public static Message ProviderOf(LiveState state) => state.Provider is null
        ? (Message)$"no provider is loaded: servers see the balancer. Run toa doctor."
        : state.Settings.Count == 0
            ? (Message)$"provider: {state.Provider}, its settings are not known"
            : $"provider: {state.Provider}, {Cut(string.Join(' ', state.Settings.Select(setting => $"{setting.Key}={setting.Value}")))}";

    /// <summary>What cannot be shown, and why.</summary>
    public static IEnumerable<Message> ProblemsOf(LiveState state)
    {
        if (state is { CountersProblem: { } counters, Provider: not null })
            yield return $"no counters: {counters}";
        if (state.CaptureProblem is { } capture)
            yield return $"no new connections: {capture}";
    }

    public static string Number(double? value) => value?.ToString("#,0.#", CultureInfo.InvariantCulture) ?? "";

    private static string Cut(string text) => text.Length <= LongestLine ? text : text[..LongestLine] + "…";

    private void Remember(LiveEvent happened)
    {
        string time = happened.Time.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        if (happened.Message is { } message)
            Add(_messages, $"{time} {message}", MostMessages);
        if (happened.Connection is { } connection)
            Add(_connections, (time, connection), MostRows);
    }

    private static void Add<T>(Queue<T> queue, T item, int most)
    {
        queue.Enqueue(item);
        while (queue.Count > most)
            queue.Dequeue();
    }

    private Rows Draw(LiveState state)
    {
        List<IRenderable> parts = [new Text(ProviderOf(state).ToString())];
        parts.AddRange(ProblemsOf(state).Select(problem => new Text(problem.ToString())));
        parts.AddRange(_messages.Select(message => new Text(message)));
        int lines = parts.Count;
        if (state.Counters is { } counters)
            lines += AddCounters(parts, counters, state.Held);
        int left = terminal.Rich.Profile.Height - lines - 2;
        if (state.Connections is { } count)
            AddConnections(parts, count, left);
        else if (state.Table is { Count: > 0 } table)
            AddTable(parts, table, left);
        return new Rows(parts);
    }

    private int AddCounters(List<IRenderable> parts, IReadOnlyList<LiveRate> counters, IReadOnlyDictionary<string, ulong> held)
    {
        Table table = Tables.Create(terminal).Add("counter").Add("a second", isNumber: true).Add("total", isNumber: true);
        string[][] rows =
        [
            .. counters.Where(rate => rate is { Total: > 0, IsOfHeld: false })
                .Select(rate => (string[])[rate.Name, Number(rate.PerSecond), rate.Total.ToString(CultureInfo.InvariantCulture)]),
        ];
        AddRows(parts, table, rows, int.MaxValue);
        int lines = rows.Length + TableFrame;
        if (held.Count == 0)
            return lines;
        Message addresses = $"client addresses of open connections: {string.Join(", ", held.Select(held => $"{held.Value} {held.Key}"))}";
        parts.Add(new Text(addresses.ToString()));
        return lines + 1;
    }

    private void AddConnections(List<IRenderable> parts, LiveCount count, int lines)
    {
        string seen = Number(count.ShownPerSecond), all = Number(count.PerSecond);
        Message shown = count.Share < 1
            ? (Message)
                $"new connections with TOA options: showing {seen} of about {all} a second, from {count.Percent} % of the source ports"
            : $"new connections with TOA options: showing {seen} of {all} a second";
        parts.Add(new Text(shown.ToString()));
        Table table = Tables.Create(terminal).Add("time").Add("client").Add("balancer").Add("server").Add("kind/length").Add("format")
            .Add("accepted");
        AddRows(parts, table, [.. _connections.Select(row => (string[])[row.Time, .. row.Connection.Cells])], lines);
    }

    private void AddTable(List<IRenderable> parts, IReadOnlyList<ConnectionDocument> connections, int lines)
    {
        Message some = $"some connections that hold a client address (toa table shows all):";
        parts.Add(new Text(some.ToString()));
        Table table = Tables.Create(terminal).Add("client").Add("transport peer").Add("local").Add("kind", isNumber: true);
        AddRows(parts, table, [.. connections.Select(connection => (string[])
        [
            connection.Client, connection.TransportPeer ?? "-", connection.Local ?? "-",
            connection.Kind?.ToString(CultureInfo.InvariantCulture) ?? "-",
        ])], lines);
    }

    // The last rows that fit. If the table is wider than the screen, it would break the values: each row is a text then.
    private void AddRows(List<IRenderable> parts, Table table, string[][] rows, int lines)
    {
        int width = terminal.Rich.Profile.Width;
        foreach (string[] row in rows.TakeLast(Math.Max(lines - TableFrame, LeastRows)))
            table.AddPlainRow(row);
        RenderOptions options = RenderOptions.Create(terminal.Rich, terminal.Rich.Profile.Capabilities);
        if (((IRenderable)table).Measure(options, int.MaxValue).Max <= width)
        {
            parts.Add(table);
            return;
        }

        string[] texts = [.. rows.Select(row => string.Join("  ", row))];
        int linesOfEach = 1 + texts.Select(text => text.Length).DefaultIfEmpty().Max() / width;
        parts.AddRange(texts.TakeLast(Math.Max(lines / linesOfEach, LeastRows)).Select(text => new Text(text)));
    }
}
