using System;
using System.CommandLine;
using System.IO;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Samples;
using WhoAmI;

Option<IPEndPoint[]> listen = ListenAddress.Option(defaultPort: 8080);
Option<string[]> knownNetworks = new("--known-network")
{
    HelpName = "NETWORK",
    Description = "A network of your balancers, for example 10.0.0.0/8, 2001:db8::/32 or 192.0.2.10; can be repeated. TOA "
        + "options from other sources are then ignored. Without this option, only the provider's trusted= decides.",
};
RootCommand command = new(
    "A web page that shows its visitors their real addresses, also behind a load balancer that writes TOA, and to all of "
    + "them who else came lately. /api/me has the same as JSON, /healthz says whether the kernel has a TOA provider, and "
    + "/metrics is for Prometheus. Further settings come from appsettings.json and the environment, as "
    + "Toa__WhenUntrusted=Refuse. Ends on SIGINT or SIGTERM. Exit code: 0 after such a signal, 1 where it cannot listen or "
    + "a setting is wrong, 2 for a wrong command line.")
{
    listen,
    knownNetworks,
};
command.SetAction((arguments, _) => RunAsync(arguments.GetRequiredValue(listen), arguments.GetValue(knownNetworks) ?? []));

ParseResult arguments = command.Parse(args);
if (arguments.Errors.Count > 0)
{
    Console.Error.WriteLine($"WhoAmI: {arguments.Errors[0].Message} See WhoAmI --help.");
    return 2;
}
// The web server handles signals itself.
return await arguments.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(IPEndPoint[] endPoints, string[] knownNetworks)
{
    try
    {
        await using WebApplication site = Site.Create(endPoints, knownNetworks);
        await site.StartAsync();
        foreach (string url in site.Urls)
            Console.WriteLine($"listening on {url}");

        await site.WaitForShutdownAsync();
        return 0;
    }
    catch (Exception e) when (e is ListenException or OptionsValidationException or InvalidDataException)
    {
        Console.Error.WriteLine($"WhoAmI: {e.Message}");
        return 1;
    }
}
