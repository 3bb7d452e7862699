using System;
using System.Threading.Tasks;

namespace Toa.Tool.Balancing;

/// <summary>Shows the events of a balancer.</summary>
internal interface IBalancerView
{
    /// <summary>The default number of connections to show.</summary>
    int UsualFlows { get; }

    void Show(BalancerEvent happened);

    /// <summary>Runs the function that causes the events, and shows them at the same time.</summary>
    Task ShowDuringAsync(Func<Task> run);
}
