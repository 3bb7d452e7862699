using System.Net;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.OtherServers.Tests.Support;

/// <summary>Tests of a recipe, with a simulated provider of this project.</summary>
public abstract class RecipeTests
{
    protected RecipeTests() => Stage.Use(Provider.Ours);

    /// <summary>
    /// The addresses of servers: behind a NAT64 balancer, with IPv6 clients, and behind a balancer of a hybrid cloud.
    /// </summary>
    public static TheoryData<string> Servers => new() { Stage.Nat64.ToString(), Stage.HybridCloud.ToString() };

    /// <summary>Trusts the simulated balancers.</summary>
    internal static ToaResolver Trusting => new(new ToaOptions { KnownIPNetworks = { "127.0.0.0/8" } });

    /// <summary>Refuses the simulated balancers.</summary>
    internal static ToaResolver Refusing =>
        new(new ToaOptions { KnownIPNetworks = { "10.0.0.0/8" }, WhenUntrusted = ToaAction.Refuse });

    internal static IPEndPoint AnyPortOf(string address) => new(IPAddress.Parse(address), 0);
}
