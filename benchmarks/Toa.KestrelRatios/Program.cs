using System.CommandLine;
using System.Net;
using Toa.KestrelRatios;
using Toa.PlayedProvider;
using Toa.Ratios;

Option<int> turns = new("--turns") { Description = "How often each server has its turn", DefaultValueFactory = _ => 60 };
Option<int> requests = new("--requests") { Description = "Requests in each turn", DefaultValueFactory = _ => 200 };
Option<bool> clients = new("--clients")
{
    Description = "With a provider that is played in this process, and has an IPv6 client for each connection: for what "
        + "is allocated then. Its time means nothing",
};
RootCommand command = new("What UseToa costs Kestrel, as a ratio to the same server without it") { turns, requests, clients };
command.SetAction(async (arguments, _) =>
{
    bool played = arguments.GetValue(clients);
    if (played)
        Stage.Use(Provider.Ours);
    IPAddress address = played ? Stage.Nat64 : IPAddress.Loopback;

    await using PageServer plain = await PageServer.StartAsync(address, useToa: false);
    await using PageServer again = await PageServer.StartAsync(address, useToa: false);
    await using PageServer toa = await PageServer.StartAsync(address, useToa: true);
    Race.Run(
        played ? "IPv6 clients, provider played" : "no option, no provider",
        [new("Kestrel", plain.Visit), new("the same once more", again.Visit), new("with UseToa", toa.Visit)],
        arguments.GetValue(turns), arguments.GetValue(requests));
    return 0;
});
return await command.Parse(args).InvokeAsync();
