using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Commands;
using Toa.Tool.Output;

namespace Toa.Tool.Balancing;

/// <summary>Prints events as lines of text, or each event as a line of JSON.</summary>
internal sealed class BalancerLines(Terminal terminal, bool isJson) : IBalancerView
{
    private readonly Lock _writing = new();
    private IReadOnlyDictionary<string, long>? _last;

    public int UsualFlows => 0;

    public void Show(BalancerEvent happened)
    {
        lock (_writing)
        {
            if (isJson)
                ToolJson.Write(terminal, happened, ToolJson.Plain.BalancerEvent);
            else
                Write(happened);
        }
    }

    public Task ShowDuringAsync(Func<Task> run) => run();

    private void Write(BalancerEvent happened)
    {
        if (happened.Message is { } message)
            terminal.Output.WriteLine(message);
        if (happened.Counters is not { } counters)
            return;

        StatsDocument stats = BalancerCounters.ToStats(happened.Time, counters, _last);
        _last = counters;
        if (StatsView.HasMoved(stats))
            terminal.Output.WriteLine(StatsView.Line(stats));
        foreach (FlowDocument flow in happened.Flows ?? [])
        {
            terminal.Output.WriteLine(
                $"  {flow.Client} -> {flow.VirtualAddress}, {flow.Source} -> {flow.BackEnd}: {flow.State}, "
                + $"{flow.OptionsWritten} options");
        }
    }
}
