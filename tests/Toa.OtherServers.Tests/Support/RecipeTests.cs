using System.Net;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.OtherServers.Tests.Support;

/// <summary>Tests of a recipe, with a provider of this project.</summary>
public abstract class RecipeTests
{
    protected RecipeTests() => Stage.Use(Provider.Ours);

    /// <summary>Where servers listen: behind a NAT64 balancer, with IPv6 clients, and behind one of a hybrid cloud.</summary>
    public static TheoryData<string> Servers => new() { Stage.Nat64.ToString(), Stage.HybridCloud.ToString() };

    /// <summary>Trusts the balancers that are played.</summary>
    internal static ToaResolver Trusting => new(new ToaOptions { KnownIPNetworks = { "127.0.0.0/8" } });

    /// <summary>Refuses them.</summary>
    internal static ToaResolver Refusing =>
        new(new ToaOptions { KnownIPNetworks = { "10.0.0.0/8" }, WhenUntrusted = ToaAction.Refuse });

    internal static IPEndPoint AnyPortOf(string address) => new(IPAddress.Parse(address), 0);
}
