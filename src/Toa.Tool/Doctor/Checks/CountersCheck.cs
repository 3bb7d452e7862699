using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the provider's counters rise, and which ones.</summary>
internal sealed class CountersCheck : ICheck
{
    public static readonly FindingKind Believed = new("TOA400", Severity.Ok,
        $"The counters rise: TOA options arrive and are accepted");
    public static readonly FindingKind Still = new("TOA401", Severity.Info,
        $"The counters do not rise: no connection came in");
    public static readonly FindingKind WithoutOption = new("TOA402", Severity.Warning,
        $"Connections come in, but none has a TOA option that was accepted");
    public static readonly FindingKind Unreadable = new("TOA403", Severity.Warning,
        $"The provider's counters cannot be read");

    public Message About => $"the counters";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (examination.Provider.Kind == ToaProviderKind.None)
            yield break;
        Window window = examination.Window;
        string seconds = window.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        if (Problem(window) is { } problem)
            yield return Unreadable.Found(problem.What, problem.Cure);
        else if (window.Moved("syn_recv_sock_toa") > 0)
            yield return Believed.Found($"In {seconds} s: {Moves(window)}.");
        else if (window.Moved("syn_recv_sock_no_toa") > 0)
            yield return WithoutOption.Found(
                $"In {seconds} s: {Moves(window)}.",
                $"Health checks carry no TOA option. If these were clients, check that TOA is enabled for the balancer's listener, and "
                + $"that no proxy ends the connection before this server (docs/operate/troubleshooting.md).");
        else
            yield return Still.Found(
                $"In {seconds} s, neither syn_recv_sock_toa nor syn_recv_sock_no_toa rose. Since the provider was loaded, "
                + $"{window.After!["syn_recv_sock_toa"]} connections came with a TOA option, and "
                + $"{Total(window.After, "syn_recv_sock_no_toa")} without.",
                $"Connect through the balancer while toa doctor runs. Use --seconds to wait longer.");
    }

    private static CannotLookException? Problem(Window window)
    {
        if (window.After is not { } counters)
            return window.CountersProblem;
        if (counters["syn_recv_sock_toa"] is null)
            return new CannotLookException($"The counters have no row syn_recv_sock_toa.", Window.OtherFormat);
        return window.Before is null
            ? new CannotLookException(
                $"The counters could not be read when toa doctor began: it is not known whether they rose.", $"Run toa doctor again.")
            : null;
    }

    private static string Moves(Window window) =>
        string.Join(", ", window.MovedCounters.Select(name => $"{name} +{window.Moved(name)}"));

    private static Message Total(ToaStatistics statistics, string name) =>
        statistics[name] is { } total ? (Message)$"{total}" : $"an unknown number of";
}
