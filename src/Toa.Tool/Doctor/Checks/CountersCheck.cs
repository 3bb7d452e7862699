using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the provider's counters move, and which.</summary>
internal sealed class CountersCheck : ICheck
{
    public static readonly FindingKind Believed = new("TOA400", Severity.Ok,
        "Counters move: options arrive and are believed");
    public static readonly FindingKind Still = new("TOA401", Severity.Info,
        "Counters stand still: no connection came in");
    public static readonly FindingKind WithoutOption = new("TOA402", Severity.Warning,
        "Connections come in, and none with an option that was believed");
    public static readonly FindingKind Unreadable = new("TOA403", Severity.Warning,
        "The provider's counters cannot be read");

    public string About => "the counters";

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
                "Health checks carry no option. If these were clients: is TOA enabled for the balancer's listener? "
                + "Does a proxy end the connection before (docs/balancers-address.md)?");
        else
            yield return Still.Found(
                $"In {seconds} s nothing moved. Since the load, {window.After!["syn_recv_sock_toa"]} connections "
                + $"came with an option and {Total(window.After, "syn_recv_sock_no_toa")} without.",
                "Connect through the balancer while toa doctor runs; --seconds makes it wait longer.");
    }

    private static CannotLookException? Problem(Window window)
    {
        if (window.After is not { } counters)
            return window.CountersProblem;
        if (counters["syn_recv_sock_toa"] is null)
            return new CannotLookException("The counters have no row syn_recv_sock_toa.", Window.OtherFormat);
        return window.Before is null
            ? new CannotLookException(
                "The counters could not be read when toa doctor began: whether they moved is not known.", "Run toa doctor again.")
            : null;
    }

    private static string Moves(Window window) =>
        string.Join(", ", window.MovedCounters.Select(name => $"{name} +{window.Moved(name)}"));

    private static string Total(ToaStatistics statistics, string name) =>
        statistics[name]?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number of";
}
