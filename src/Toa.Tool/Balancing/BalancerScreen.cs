using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using Spectre.Console.Rendering;
using Toa.Tool.Commands;
using Toa.Tool.Output;

namespace Toa.Tool.Balancing;

/// <summary>A live view on a terminal: messages, back ends, counters that are not zero, connections.</summary>
internal sealed class BalancerScreen(Terminal terminal) : IBalancerView
{
    private const int MostMessages = 5;

    private readonly Lock _writing = new();
    private readonly Queue<string> _messages = new();
    private IReadOnlyDictionary<string, long>? _last;
    private LiveDisplayContext? _live;

    public int UsualFlows => 10;

    public void Show(BalancerEvent happened)
    {
        lock (_writing)
        {
            if (happened.Message is { } message)
            {
                _messages.Enqueue(message);
                if (_messages.Count > MostMessages)
                    _messages.Dequeue();
            }

            if (happened.Counters is null)
                return;
            _live?.UpdateTarget(Draw(happened));
            _live?.Refresh();
            _last = happened.Counters;
        }
    }

    public Task ShowDuringAsync(Func<Task> run) => terminal.Rich.Live(new Text("starting ...")).StartAsync(live =>
    {
        lock (_writing)
            _live = live;
        return run();
    });

    private Rows Draw(BalancerEvent state)
    {
        List<IRenderable> parts = [.. _messages.Select(message => new Text(message))];

        Table backEnds = Tables.Create(terminal).Add("virtual address").Add("server").Add("weight", isNumber: true)
            .Add("state");
        foreach (BackEndDocument backEnd in state.BackEnds ?? [])
        {
            backEnds.AddPlainRow(
            [
                backEnd.VirtualAddress, backEnd.Address, backEnd.Weight.ToString(CultureInfo.InvariantCulture),
                backEnd.IsUp ? "up" : "down",
            ]);
        }

        parts.Add(backEnds);
        StatsDocument stats = BalancerCounters.ToStats(state.Time, state.Counters!, _last);
        StatsView view = new(terminal, perProcessor: false, withDeltas: true);
        Table counters = view.Create();
        view.Fill(counters, stats with { Counters = [.. stats.Counters.Where(counter => counter.Total > 0)] });
        parts.Add(counters);

        if (state.Flows is [_, ..])
        {
            Table flows = Tables.Create(terminal).Add("client").Add("source").Add("server").Add("state")
                .Add("options", isNumber: true);
            foreach (FlowDocument flow in state.Flows)
            {
                flows.AddPlainRow(
                [
                    flow.Client, flow.Source, flow.BackEnd, flow.State,
                    flow.OptionsWritten.ToString(CultureInfo.InvariantCulture),
                ]);
            }

            parts.Add(flows);
        }

        return new Rows(parts);
    }
}
