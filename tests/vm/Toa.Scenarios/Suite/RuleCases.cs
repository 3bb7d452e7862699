using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Toa.Scenarios.Suite;

/// <summary>Rules of iptables between balancer and server: what programs are shown, and what the doctor finds.</summary>
internal static class RuleCases
{
    private const string Program = "/usr/sbin/iptables-legacy";
    private const int OtherPort = 8082;

    public static IEnumerable<Scenario> All() =>
    [
        new("SYNPROXY loses the option, and the doctor names its rule", _ => ExpectFound(
            "sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0 && iptables-legacy -t raw -A PREROUTING -p tcp --dport 8080 --syn -j CT --notrack && "
            + "iptables-legacy -A INPUT -p tcp --dport 8080 -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY --sack-perm --wscale 7 --mss 1460",
            BalancedNetwork.Port, isShown: false, "TOA521")),
        new("REDIRECT to another port keeps the option, and the doctor names its rule", _ => ExpectFound(
            $"iptables-legacy -t nat -A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports {OtherPort}", OtherPort, isShown: true, "TOA523")),
        new("TCPOPTSTRIP removes the option, and the doctor names its rule", _ => ExpectFound(
            "iptables-legacy -t mangle -A PREROUTING -p tcp --dport 8080 -j TCPOPTSTRIP --strip-options 200", BalancedNetwork.Port, isShown: false, "TOA525")),
    ];

    private static void ExpectFound(string rules, int port, bool isShown, string id)
    {
        if (!File.Exists(Program))
            throw new ScenarioSkippedException($"{Program} is missing");
        using var network = new BalancedNetwork();
        try
        {
            BalancedNetwork.RunAtServer("sh", "-c", rules);
        }
        catch (ScenarioFailedException e)
        {
            throw new ScenarioSkippedException($"this kernel has no such rule: {e.Message}");
        }

        using Socket listener = BalancedNetwork.AtServer(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen();
        using Socket client = BalancedNetwork.AtClient(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(BalancedNetwork.VirtualAddress(AddressFamily.InterNetwork));
        using Socket server = listener.Accept();
        var seen = (IPEndPoint)server.RemoteEndPoint!;
        if (isShown)
            Expect.Equal(client.LocalEndPoint!.ToString(), seen.ToString(), "the client");
        else
            Expect.True(BalancedNetwork.Balancers.Contains(seen.Address), $"the server sees {seen}");

        // Errors are in the output too.
        string found = BalancedNetwork.RunAtServer("sh", "-c", $"{Tool.Path} doctor --json --seconds 0 --port {BalancedNetwork.Port} || true");
        string?[] ids = [.. JsonElement.Parse(found).GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString())];
        Expect.True(ids.Where(other => other!.StartsWith("TOA52")).SequenceEqual([id]), $"the findings are {string.Join(' ', ids)}");
    }
}
