using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Toa.LoadBalancing;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Balancing;

/// <summary>Runs a balancer until it is stopped, and shows its state periodically.</summary>
/// <param name="options">The balancer's settings.</param>
/// <param name="view">The view that shows the events.</param>
/// <param name="machine">The machine.</param>
/// <param name="control">Where the balancer is controlled.</param>
/// <param name="interval">The interval between two states.</param>
/// <param name="flows">The number of connections in each state.</param>
internal sealed class RunningBalancer(
    LoadBalancerOptions options, IBalancerView view, IMachine machine, ControlChoice control, TimeSpan interval, int flows)
{
    /// <summary>Starts a balancer in the network namespace of the calling thread.</summary>
    /// <exception cref="ToolException">The balancer cannot start; the message says what to do.</exception>
    public static LoadBalancer Start(LoadBalancerOptions options, Action<LogLevel, string> tell)
    {
        try
        {
            return LoadBalancer.Start(options, new BalancerLog(tell));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"the balancer cannot start. {e.Message}", e);
        }
    }

    /// <exception cref="ToolException">The balancer failed; the message says why.</exception>
    public static async Task TellFailureAsync(LoadBalancer balancer)
    {
        try
        {
            await balancer.Completion;
        }
        catch (IOException e)
        {
            throw new ToolException($"the balancer failed. {e.Message}", e);
        }
    }

    /// <exception cref="ToolException">The balancer cannot start, or failed; the message says why.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        // First: if the path is in use, the balancer does not start.
        using ControlSocket? socket = control.Open(machine, options.DeviceName, out Message? warning);
        await using LoadBalancer balancer = Start(options, Tell);
        view.Show(Look("started", balancer));
        if (warning is not null)
            Warn(warning);
        else if (socket is not null)
            Tell($"The control socket is {socket.Path}.");
        try
        {
            await using ControlServer? server = socket is null ? null : await ControlServer.StartAsync(socket, balancer, Warn);
            while (!balancer.Completion.IsCompleted)
            {
                await Task.WhenAny(Task.Delay(interval, machine.Clock, stop), balancer.Completion);
                stop.ThrowIfCancellationRequested();
                view.Show(Look("state", balancer));
            }

            await TellFailureAsync(balancer);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await balancer.DisposeAsync();
            view.Show(Look("stopped", balancer));
        }
    }

    private void Tell(Message message) => Tell(LogLevel.Information, message.ToString());

    private void Warn(Message message) => Tell(LogLevel.Warning, message.ToString());

    private void Tell(LogLevel level, string message) => view.Show(
        new BalancerEvent("message", machine.Clock.GetLocalNow(), message, level == LogLevel.Warning, null, null, null));

    private BalancerEvent Look(string name, LoadBalancer balancer) => new(
        name, machine.Clock.GetLocalNow(), null, null, BalancerCounters.ByName(balancer.Counters),
        BackEndDocument.Of(balancer.ListBackEnds()), flows == 0 ? [] : FlowDocument.Latest(balancer.ListFlows(), flows));
}
