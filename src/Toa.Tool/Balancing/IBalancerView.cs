using System;
using System.Threading.Tasks;

namespace Toa.Tool.Balancing;

/// <summary>Shows what a balancer does.</summary>
internal interface IBalancerView
{
    /// <summary>How many connections it shows with each look, where nobody said.</summary>
    int UsualFlows { get; }

    void Show(BalancerEvent happened);

    /// <summary>Runs what leads to the events.</summary>
    Task ShowDuringAsync(Func<Task> run);
}
