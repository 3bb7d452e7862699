using System;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>
/// The doctor's findings about rules of iptables and nftables. The rules in the folder Rules are outputs of iptables-save 1.8.9 and
/// nft 1.0.6, after the rules of Docker, Kubernetes and Istio were loaded in a network namespace.
/// </summary>
public sealed class RuleChecksTests : IDisposable
{
    private const string SynProxy =
        "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 8080 --tcp-flags FIN,SYN,RST,ACK SYN -j CT --notrack\nCOMMIT\n"
        + "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n"
        + "-A INPUT -p tcp -m tcp --dport 8080 -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY --sack-perm --wscale 7 --mss 1460\nCOMMIT\n";

    private readonly FakeMachine _machine = new FakeMachine().WithModule(trusted: "203.0.113.0/28")
        .Program("ip -o route get 203.0.113.1", "203.0.113.1 via 192.0.2.1 dev eth0 src 192.0.2.10 uid 0 \\    cache \n");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Without_rules_no_program_is_run_that_would_load_the_kernel_s_modules()
    {
        Diagnosis found = await Diagnosis.OfAsync(_machine.Listen("0.0.0.0:7000 101"));

        found.Only("TOA52", "TOA520").Seen.Should().Be("0 rules in this network namespace.");
        _machine.Calls.Should().NotContain(call => call.Contains("tables") || call.StartsWith("nft") || call.StartsWith("ip "));
    }

    [Fact]
    public async Task SYNPROXY_is_named_with_its_rule_and_its_port()
    {
        Diagnosis found = await Diagnosis.OfAsync(WithLegacy(SynProxy));

        found.Only("TOA52", "TOA521").Seen.Should().Be(
            "iptables-legacy -t filter -A INPUT -p tcp -m tcp --dport 8080 -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY --sack-perm --wscale 7 "
            + "--mss 1460: port 8080.");
        found.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("--dport 8080 ", "--dport 8080 ! -s 203.0.113.0/28 ")]
    [InlineData("CT --notrack", "LOG")]
    [InlineData("INVALID,UNTRACKED -j", "INVALID,UNTRACKED -m set --match-set attackers src -j")]
    public async Task SYNPROXY_that_the_balancer_does_not_meet_is_left_out(string part, string other)
    {
        (await Diagnosis.OfAsync(WithLegacy(SynProxy.Replace(part, other)))).Only("TOA52", "TOA520");
    }

    [Fact]
    public async Task SYNPROXY_on_other_ports_is_left_out()
    {
        (await Diagnosis.OfAsync(WithLegacy(SynProxy), "--port", "8081")).Only("TOA52", "TOA520");
    }

    [Fact]
    public async Task A_sidecar_that_gets_the_connections_is_named()
    {
        WithLegacy(Rules("istio.txt")).Listen("0.0.0.0:15006 101", "0.0.0.0:8080 102").Process(7, "envoy", "101").Process(8, "web", "102");

        Diagnosis found = await Diagnosis.OfAsync(_machine, "--port", "8080");

        found.Only("TOA52", "TOA522").Seen.Should().Be(
            "iptables-legacy -t nat -A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006: port 8080. They arrive at port 15006 (envoy).");
        found["TOA522"].Next.Should().StartWith("The provider gives the client to envoy only.");
        (await Diagnosis.OfAsync(_machine, "--port", "15021")).Only("TOA52", "TOA520");
    }

    [Theory]
    [InlineData("-A PREROUTING -i eth0 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080", "nat", true)]
    [InlineData("-A PREROUTING -p tcp -m multiport --dports 80,443 -j TPROXY --on-port 8080 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1", "mangle", true)]
    [InlineData("-A PREROUTING -i lo -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080", "nat", false)]
    [InlineData("-A PREROUTING -d 192.0.2.11/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080", "nat", false)]
    public async Task A_port_for_another_is_good_to_know(string rule, string table, bool isMet)
    {
        WithLegacy($"*{table}\n:PREROUTING ACCEPT [0:0]\n{rule}\nCOMMIT\n").Listen("0.0.0.0:8080 101").Process(7, "web", "101");

        Diagnosis found = await Diagnosis.OfAsync(_machine, "--port", "80");

        if (isMet)
            found.Only("TOA52", "TOA523").Seen.Should().Be($"iptables-legacy -t {table} {rule}: port 80. They arrive at port 8080 (web).");
        else
            found.Only("TOA52", "TOA520");
    }

    [Fact]
    public async Task The_rules_of_Docker_hide_no_client()
    {
        _machine.Program("ip -o route get 172.17.0.2", "172.17.0.2 dev docker0 src 172.17.0.1 uid 0 \n");

        (await Diagnosis.OfAsync(WithLegacy(Rules("docker.txt")))).Only("TOA52", "TOA520").Seen.Should().Be(
            "18 rules in this network namespace, for connections from 203.0.113.1.");
    }

    [Theory]
    [InlineData("30080", true)] // externalTrafficPolicy: Cluster
    [InlineData("30081", false)] // externalTrafficPolicy: Local
    [InlineData("7000", false)]
    public async Task Kube_proxy_masquerades_only_with_the_policy_Cluster(string port, bool isMasqueraded)
    {
        _machine.Program("ip -o route get 10.244.1.5", "10.244.1.5 via 10.244.1.0 dev cni0 src 10.244.0.1 uid 0 \n");

        Diagnosis found = await Diagnosis.OfAsync(WithLegacy(Rules("kubernetes.txt")), "--port", port);

        if (isMasqueraded)
            found.Only("TOA52", "TOA524").Seen.Should().Be(
                "iptables-legacy -t nat -A KUBE-POSTROUTING -j MASQUERADE --random-fully: "
                + "port 30080. The server (10.244.1.5:8080) sees 10.244.0.1 instead of the balancer; trusted=203.0.113.0/28.");
        else
            found.Only("TOA52", "TOA520");
    }

    [Theory]
    [InlineData("any")]
    [InlineData("203.0.113.0/28,10.244.0.0/16")]
    public async Task A_new_source_that_is_trusted_does_no_harm(string trusted)
    {
        _machine.WithModule(trusted).Program("ip -o route get", "10.244.1.5 dev cni0 src 10.244.0.1 uid 0 \n");

        (await Diagnosis.OfAsync(WithLegacy(Rules("kubernetes.txt")), "--port", "30080")).Ids.Should().NotContain("TOA524");
    }

    [Fact]
    public async Task A_rule_that_removes_TOA_options_is_an_error_and_one_that_removes_others_is_not()
    {
        Diagnosis found = await Diagnosis.OfAsync(WithLegacy(Rules("strip.txt")));

        // The rule for port 7002 is for SYNs only.
        found.Only("TOA52", "TOA525").Seen.Should().Be(
            "iptables-legacy -t mangle -A PREROUTING -p tcp -m tcp --dport 7000 -j TCPOPTSTRIP --strip-options 200,253: port 7000. "
            + "The provider reads formats=tencent.");
        found.ExitCode.Should().Be(1);
    }

    [Theory]
    [InlineData("80", "TOA521", "rule 28 of chain input (nft -a list chain inet edge input): port 80.")]
    [InlineData("443", "TOA523", "rule 32 of chain pre (nft -a list chain inet edge pre): port 443. They arrive at port 15006.")]
    [InlineData("7001", "TOA523", "rule 51 of chain mg (nft -a list chain inet edge mg): port 7001. They arrive at port 15006.")]
    [InlineData("30080", "TOA524", "rule 45 of chain post (nft -a list chain inet edge post): port 30080. The server (10.1.0.5:8080) sees 10.1.0.1 instead of the balancer; trusted=203.0.113.0/28.")]
    [InlineData("30081", "TOA524", "rule 45 of chain post (nft -a list chain inet edge post): port 30081. The server (10.1.0.5:8080) sees 10.1.0.1 instead of the balancer; trusted=203.0.113.0/28.")]
    [InlineData("5000", "TOA520", "32 rules in this network namespace, for connections from 203.0.113.1. Rules with matches that cannot be evaluated: 1.")]
    public async Task The_rules_of_nftables_are_read(string port, string id, string seen)
    {
        WithNft(Rules("nft.json")).Program("ip -o route get 10.1.0.5", "10.1.0.5 dev cni0 src 10.1.0.1 uid 0 \n");

        (await Diagnosis.OfAsync(_machine, "--port", port)).Only("TOA52", id).Seen.Should().Be(seen);
    }

    [Fact]
    public async Task The_ports_in_rules_of_nftables_are_tried()
    {
        WithNft(Rules("nft.json")).Program("ip -o route get 10.1.0.5", "10.1.0.5 dev cni0 src 10.1.0.1 uid 0 \n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA521"].Seen.Should().EndWith(": port 80.");
        found["TOA524"].Seen.Should().Contain(": ports 30080, 30081. The server (10.1.0.5:8080) sees ");
    }

    [Theory]
    [InlineData("""{"match": {"op": "=="}}""")]
    [InlineData("""{"match": {"op": "==", "left": {}, "right": 5}}""")]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {}}}""")]
    [InlineData("""{"match": {"op": "in", "left": {"&": 5}, "right": [1, [2]]}}""")]
    [InlineData("""{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"range": [1]}}}""")]
    [InlineData("""{"vmap": {"key": {"meta": {"key": "mark"}}, "data": {"set": 5}}}""")]
    [InlineData("""{"later": {"than": "this tool"}}, {"match": {"op": "==", "left": {"new": 1}, "right": "80"}}""")]
    public async Task A_statement_of_a_later_version_is_not_known(string statement)
    {
        WithNft("""{"nftables": [{"chain": {"family": "ip", "table": "nat", "name": "pre", "type": "nat", "hook": "prerouting", "prio": -100}}, """
            + """{"rule": {"family": "ip", "table": "nat", "chain": "pre", "handle": 2, "expr": [""" + statement + """, {"redirect": {"port": 1}}]}}]}""");

        (await Diagnosis.OfAsync(_machine, "--port", "80")).Only("TOA52", "TOA520");
    }

    [Fact]
    public async Task Rules_of_iptables_in_nftables_are_read_with_its_own_program()
    {
        WithNft("""
            {"nftables": [{"table": {"family": "ip", "name": "nat", "handle": 1}},
            {"chain": {"family": "ip", "table": "nat", "name": "PREROUTING", "handle": 1, "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "nat", "chain": "PREROUTING", "handle": 2, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 82}}, {"counter": {"packets": 0, "bytes": 0}}, {"xt": {"type": "target", "name": "REDIRECT"}}]}}]}
            """)
            .Program("iptables-nft-save", "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 15006\nCOMMIT\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA52", "TOA523").Seen.Should().Be(
            "iptables-nft -t nat -A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 15006: port 82. They arrive at port 15006.");
    }

    [Theory]
    [InlineData("Operation not permitted (you must be root)", 1, "", "nft -j list ruleset failed: Operation not permitted (you must be root).")]
    [InlineData("", 0, "nonsense", "the output of nft -j list ruleset cannot be read: ")]
    [InlineData("", 0, "{\"nftables\": 5}", "the output of nft -j list ruleset cannot be read: There is no list nftables.")]
    public async Task Rules_that_cannot_be_read_are_a_finding(string error, int exitCode, string output, string problem)
    {
        WithNftables().Program("nft -j list ruleset", output, exitCode, error);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found["TOA001"].Seen.Should().StartWith("rules of iptables and nftables: The rules of ").And.Contain(problem);
        found.Ids.Should().NotContain(id => id.StartsWith("TOA52"));
    }

    [Fact]
    public async Task Programs_that_are_missing_are_named()
    {
        WithNftables().Write("proc/net/ip_tables_names", "filter\n").Program("iptables-save", "# Generated by iptables-save v1.8.9 (nf_tables)\n");

        (await Diagnosis.OfAsync(_machine)).All("TOA001").Should().BeEquivalentTo(
        [
            ("rules of iptables and nftables: The rules of nftables are not known: nft is not installed.",
                "Install it: apt-get install nftables (Debian, Ubuntu) or dnf install nftables (RHEL, CentOS)."),
            ($"rules of iptables and nftables: The rules in {_machine.Root}/proc/net/ip_tables_names are not known: iptables-legacy-save is not installed.",
                "Install it: apt-get install iptables (Debian, Ubuntu) or dnf install iptables (RHEL, CentOS)."),
        ]);
    }

    // What the kernel's Documentation/networking/tproxy.rst tells its readers to set up.
    [Theory]
    [InlineData("-m socket -j DIVERT")]
    [InlineData("-m socket --transparent -j DIVERT")]
    public async Task Packets_of_existing_sockets_are_not_the_first_of_a_connection(string divert)
    {
        WithLegacy($"*mangle\n:PREROUTING ACCEPT [0:0]\n:DIVERT - [0:0]\n-A PREROUTING -p tcp {divert}\n"
            + "-A PREROUTING -p tcp -m tcp --dport 80 -j TPROXY --on-port 50080 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1\n"
            + "-A DIVERT -j MARK --set-xmark 0x1/0xffffffff\n-A DIVERT -j ACCEPT\nCOMMIT\n");

        (await Diagnosis.OfAsync(_machine)).Only("TOA52", "TOA523").Seen.Should().EndWith("They arrive at port 50080.");
    }

    [Theory]
    [InlineData("-m conntrack --ctstate DNAT -j ACCEPT", true)]
    [InlineData("-m conntrack --ctstate NEW,DNAT -j ACCEPT", false)]
    [InlineData("-m conntrack --ctstate DNAT -j DROP", true)]
    [InlineData("-m connmark --mark 0x0 -j DROP", false)]
    [InlineData("-m connmark --mark 0x1 -j ACCEPT", true)]
    [InlineData("-m mark --mark 0x0 -j DROP", false)]
    [InlineData("-m mark --mark 0x1 -j DROP", true)]
    [InlineData("-m addrtype --dst-type LOCAL,MULTICAST -j DROP", false)]
    [InlineData("-m addrtype --dst-type UNICAST,MULTICAST -j DROP", true)]
    [InlineData("-m addrtype --src-type LOCAL,UNICAST -j DROP", false)]
    [InlineData("-p udp -m comment --comment -j -m udp --dport 80 -j ACCEPT", true)]
    [InlineData("-p tcp -m comment --comment \"-j ACCEPT\" -j DROP", false)]
    [InlineData("-m string --string -j --algo bm --to 65535 -j DROP", true)]
    [InlineData("-m limit --limit 5/sec -j ACCEPT", false)]
    [InlineData("-m limit --limit 5/sec -j DROP", true)]
    public async Task The_matches_of_iptables_before_a_rule_are_evaluated(string before, bool isMet)
    {
        WithLegacy($"*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING {before}\nCOMMIT\n"
            + "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\n"
            + $"-A INPUT {before}\n-A INPUT -p tcp -m tcp --dport 80 -j SYNPROXY\nCOMMIT\n");

        (await Diagnosis.OfAsync(_machine, "--port", "80")).Only("TOA52", isMet ? "TOA521" : "TOA520");
    }

    [Theory]
    [InlineData("""{"limit": {"rate": 5, "per": "second"}}""", "drop", true)]
    [InlineData("""{"limit": "named"}""", "drop", true)]
    [InlineData("""{"quota": {"val": 1, "val_unit": "bytes"}}""", "drop", true)]
    [InlineData("""{"ct count": {"val": 10, "inv": true}}""", "drop", true)]
    [InlineData("""{"set": {"op": "update", "elem": {"payload": {"protocol": "ip", "field": "saddr"}}, "set": "@many", "stmt": [{"limit": {"rate": 5, "per": "second"}}]}}""", "drop", true)]
    [InlineData("""{"meter": {"name": "m", "key": {"payload": {"protocol": "ip", "field": "saddr"}}, "stmt": {"limit": {"rate": 5, "per": "second"}}}}""", "drop", true)]
    [InlineData("""{"xt": {"type": "match", "name": "tcp"}}""", "drop", true)]
    [InlineData("""{"later than": "this tool"}""", "drop", true)]
    [InlineData("""{"match": {"op": "==", "left": {"socket": {"key": "transparent"}}, "right": 1}}""", "accept", true)]
    [InlineData("""{"set": {"op": "add", "elem": {"payload": {"protocol": "ip", "field": "saddr"}}, "set": "@seen"}}""", "drop", false)]
    [InlineData("""{"counter": {"packets": 5, "bytes": 300}}""", "drop", false)]
    [InlineData("""{"counter": "named"}""", "drop", false)]
    [InlineData("""{"log": {"prefix": "x"}}""", "drop", false)]
    [InlineData("""{"log": null}""", "drop", false)]
    [InlineData("""{"last": null}""", "drop", false)]
    public async Task The_statements_of_nftables_before_a_rule_are_evaluated(string statement, string verdict, bool isMet)
    {
        WithNft("""{"nftables": [{"chain": {"family": "ip", "table": "t", "name": "in", "type": "filter", "hook": "input", "prio": 0, "policy": "accept"}}, """
            + """{"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 2, "expr": [""" + statement + ", {\"" + verdict + "\": null}]}}, "
            + """{"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 3, "expr": [{"synproxy": {"mss": 1460}}]}}]}""");

        (await Diagnosis.OfAsync(_machine, "--port", "80")).Only("TOA52", isMet ? "TOA521" : "TOA520");
    }

    // Each case was compared with a handshake through the same rules in network namespaces (Linux 6.18).
    [Theory]
    [InlineData("", "-A INPUT -p tcp -m tcp --dport 80 -j SNAT --to-source 192.0.2.77", "", "", "80", "TOA524")]
    [InlineData("", "-A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 80", "", "-A INPUT -p tcp -m tcp --dport 80 -j SYNPROXY", "82", "TOA521 TOA523")]
    [InlineData("", "-A PREROUTING -p tcp -m tcp --dport 82 -j DNAT --to-destination :80", "", "-A INPUT -p tcp -m tcp --dport 80 -j SYNPROXY", "82", "TOA521")]
    [InlineData("", "-A PREROUTING -p tcp -m tcp --dport 82 -j DNAT --to-destination 192.0.2.10:80", "", "", "82", "TOA523")]
    [InlineData("", "-A PREROUTING -p tcp -m tcp --dport 82 -j DNAT --to-destination :80", "", "-A INPUT -m conntrack --ctstate DNAT -j DROP", "82", "TOA520")]
    [InlineData("", "-A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 80", "-A INPUT -p tcp -m tcp --dport 80 -j TCPOPTSTRIP --strip-options 253", "", "82", "TOA523 TOA525")]
    [InlineData("", "-A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 80", "-A INPUT -p tcp -m tcp --dport 82 -j TCPOPTSTRIP --strip-options 253", "", "82", "TOA523")]
    [InlineData("", "-A PREROUTING -p tcp -m tcp --dport 82 -j DNAT --to-destination 10.244.1.5:80", "-A FORWARD -p tcp -m tcp --dport 80 -j TCPOPTSTRIP --strip-options 253", "", "82", "TOA525")]
    [InlineData("", "", "-A PREROUTING -p tcp -m tcp --dport 80 -j TCPOPTSTRIP --strip-options 253", "-A INPUT -p tcp -m conntrack --ctstate NEW -j DROP", "80", "TOA520")]
    [InlineData("", "", "-A PREROUTING -p tcp -m tcp --dport 80 -j TCPOPTSTRIP --strip-options 4", "", "80", "TOA520")]
    [InlineData("", "-A PREROUTING -d 192.0.2.10/32 -j NETMAP --to 10.244.1.5/32\n-A POSTROUTING -o cni0 -j NETMAP --to 10.244.1.0/24", "", "", "80", "TOA524")]
    [InlineData("", "-A PREROUTING -p tcp -m connmark --mark 0x5 -j REDIRECT --to-ports 81",
        "-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff\n-A PREROUTING -m mark --mark 0x0 -j MARK --set-xmark 0x5/0xffffffff\n"
        + "-A PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff\n-A INPUT -m mark --mark 0x5 -j TCPOPTSTRIP --strip-options 253", "", "80", "TOA523 TOA525")]
    [InlineData("", "-A PREROUTING -p tcp -m mark ! --mark 0x1 -j REDIRECT --to-ports 81", "-A PREROUTING -m set --match-set known src -j MARK --set-xmark 0x1/0xffffffff", "", "80", "TOA520 2")]
    [InlineData("-A PREROUTING -m set --match-set known src -j CT --notrack", "-A PREROUTING -p tcp -j REDIRECT --to-ports 81", "", "", "80", "TOA520 2")]
    [InlineData("-A PREROUTING -p tcp -m conntrack --ctstate NEW -j DROP", "", "", "-A INPUT -p tcp -j SYNPROXY", "80", "TOA521")]
    [InlineData("-A PREROUTING -p tcp -m conntrack --ctstate INVALID -j DROP", "", "", "-A INPUT -p tcp -j SYNPROXY", "80", "TOA520")]
    [InlineData("", "", "", "-A INPUT -p tcp -m statistic --mode nth --every 3 --packet 2 -j DROP\n-A INPUT -p tcp -j SYNPROXY", "80", "TOA521")]
    [InlineData("", "", "", "-A INPUT -p tcp -m multiport --ports 80,443 -j SYNPROXY", "80", "TOA521")]
    [InlineData("", "", "", "-A INPUT -p tcp -m multiport --ports 81,443 -j SYNPROXY", "80", "TOA520")]
    [InlineData("", "", "", "-A INPUT -p tcp -m iprange --src-range 203.0.113.0-203.0.113.9 -j SYNPROXY", "80", "TOA521")]
    [InlineData("", "-A PREROUTING -p tcp -j REDIRECT --to-ports 81", "", "-A INPUT -p tcp -m conntrack --ctorigdstport 80 -j SYNPROXY", "80", "TOA521 TOA523")]
    [InlineData("", "", "-A PREROUTING -p tcp -m socket -j ACCEPT\n-A PREROUTING -p tcp -j TPROXY --on-port 81 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1", "", "9000", "TOA520 1")]
    [InlineData("", "", "-A PREROUTING -p tcp -m socket -j ACCEPT\n-A PREROUTING -p tcp -j TPROXY --on-port 81 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1", "", "9001", "TOA523")]
    [InlineData("", "", "-A PREROUTING -p tcp -m socket --nowildcard -j ACCEPT\n-A PREROUTING -p tcp -j TPROXY --on-port 81 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1", "", "9001", "TOA520 1")]
    [InlineData("", "", "-A PREROUTING -m rpfilter --validmark --invert -j DROP\n-A PREROUTING -m rt --rt-type 0 -j DROP", "-A INPUT -p tcp -j SYNPROXY", "80", "TOA521")]
    [InlineData("", "", "", "-A INPUT -p tcp -j NFQUEUE --queue-num 0\n-A INPUT -p tcp -j SYNPROXY", "80", "TOA520 1")]
    [InlineData("", "", "", "-A INPUT -p tcp -j LATER-THAN-THIS-TOOL", "80", "TOA520 1")]
    public async Task Rules_of_iptables_do_what_they_do_in_the_kernel(
        string raw, string nat, string mangle, string filter, string port, string ids)
    {
        WithLegacy($"*raw\n:PREROUTING ACCEPT [0:0]\n{raw}\nCOMMIT\n"
            + $"*mangle\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n{mangle}\nCOMMIT\n"
            + $"*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n{nat}\nCOMMIT\n"
            + $"*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n{filter}\nCOMMIT\n");

        await ExpectAsync(port, ids);
    }

    // The rules that nft 1.0.6 and 1.1.3 print after the rule of the comment was loaded. Most were compared with handshakes, too.
    [Theory]
    // ct status dnat drop, after redirect to :80
    [InlineData("input", """{"match": {"op": "in", "left": {"ct": {"key": "status"}}, "right": "dnat"}}, {"drop": null}""", "82", "TOA520")]
    [InlineData("input", """{"match": {"op": "in", "left": {"ct": {"key": "status"}}, "right": "dnat"}}, {"drop": null}""", "80", "TOA521")]
    // ct original proto-dst 82 drop
    [InlineData("input", """{"match": {"op": "==", "left": {"ct": {"key": "proto-dst", "dir": "original"}}, "right": 82}}, {"drop": null}""", "82", "TOA520")]
    // ct state established,new accept
    [InlineData("input", """{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "new"]}}, {"accept": null}""", "80", "TOA520")]
    // tcp flags & (fin|syn) == (fin|syn) drop: of both versions
    [InlineData("input", """{"match": {"op": "==", "left": {"&": [{"payload": {"protocol": "tcp", "field": "flags"}}, ["fin", "syn"]]}, "right": ["fin", "syn"]}}, {"drop": null}""", "80", "TOA521")]
    [InlineData("input", """{"match": {"op": "==", "left": {"&": [{"payload": {"protocol": "tcp", "field": "flags"}}, {"|": ["fin", "syn"]}]}, "right": {"|": ["fin", "syn"]}}}, {"drop": null}""", "80", "TOA521")]
    // tcp flags & (fin|syn|rst|ack) != syn drop
    [InlineData("input", """{"match": {"op": "!=", "left": {"&": [{"payload": {"protocol": "tcp", "field": "flags"}}, {"|": ["fin", "syn", "rst", "ack"]}]}, "right": "syn"}}, {"drop": null}""", "80", "TOA521")]
    // tcp flags { syn, syn | ack } accept
    [InlineData("input", """{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "flags"}}, "right": {"set": [{"|": ["syn", "ack"]}, "syn"]}}}, {"accept": null}""", "80", "TOA520")]
    // tcp flags ! ack accept
    [InlineData("input", """{"match": {"op": "!", "left": {"payload": {"protocol": "tcp", "field": "flags"}}, "right": "ack"}}, {"accept": null}""", "80", "TOA520")]
    // fib saddr . mark . iif oif missing drop; exthdr frag exists drop
    [InlineData("input", """{"match": {"op": "==", "left": {"fib": {"result": "oif", "flags": ["saddr", "mark", "iif"]}}, "right": false}}, {"drop": null}""", "80", "TOA521")]
    [InlineData("input", """{"match": {"op": "==", "left": {"exthdr": {"name": "frag"}}, "right": true}}, {"drop": null}""", "80", "TOA521")]
    // meta pkttype host drop; meta l4proto 6 drop
    [InlineData("input", """{"match": {"op": "==", "left": {"meta": {"key": "pkttype"}}, "right": "host"}}, {"drop": null}""", "80", "TOA520")]
    [InlineData("input", """{"match": {"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": 6}}, {"drop": null}""", "80", "TOA520")]
    // numgen random mod 10 < 3 drop
    [InlineData("input", """{"match": {"op": "<", "left": {"numgen": {"mode": "random", "mod": 10, "offset": 0}}, "right": 3}}, {"drop": null}""", "80", "TOA521")]
    // ip dscp vmap { cs0 : accept, cs1 : drop }
    [InlineData("input", """{"vmap": {"key": {"payload": {"protocol": "ip", "field": "dscp"}}, "data": {"set": [["cs0", {"accept": null}], ["cs1", {"drop": null}]]}}}""", "80", "TOA520 1")]
    // tcp dport vmap { * : drop, 80 : accept }
    [InlineData("input", """{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [["*", {"drop": null}], [80, {"continue": null}]]}}}""", "80", "TOA521")]
    [InlineData("input", """{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [["*", {"drop": null}], [81, {"continue": null}]]}}}""", "80", "TOA520")]
    // meta mark set ct mark, ct mark set 0x20 and a match
    [InlineData("input", """{"mangle": {"key": {"ct": {"key": "mark"}}, "value": 32}}, {"match": {"op": "==", "left": {"&": [{"ct": {"key": "mark"}}, 240]}, "right": 32}}, {"drop": null}""", "80", "TOA520")]
    [InlineData("input", """{"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"ct": {"key": "mark"}}}}, {"match": {"op": "!=", "left": {"meta": {"key": "mark"}}, "right": 0}}, {"drop": null}""", "80", "TOA521")]
    // notrack and ip daddr set 10.244.1.5 in a chain of prerouting
    [InlineData("raw", """{"notrack": null}, {"mangle": {"key": {"payload": {"protocol": "ip", "field": "daddr"}}, "value": "10.244.1.5"}}""", "80", "TOA520 1")]
    [InlineData("raw", """{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": "new"}}, {"drop": null}""", "80", "TOA521")]
    // tproxy to :50080 meta mark set 0x1 accept
    [InlineData("raw", """{"tproxy": {"port": 50080}}, {"mangle": {"key": {"meta": {"key": "mark"}}, "value": 1}}, {"accept": null}""", "80", "TOA521 TOA523")]
    public async Task Statements_of_nftables_do_what_they_do_in_the_kernel(string chain, string statements, string port, string ids)
    {
        WithNft("""{"nftables": [{"chain": {"family": "inet", "table": "t", "name": "raw", "type": "filter", "hook": "prerouting", "prio": -300, "policy": "accept"}}, """
            + """{"chain": {"family": "inet", "table": "t", "name": "nat", "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}}, """
            + """{"chain": {"family": "inet", "table": "t", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "accept"}}, """
            + """{"rule": {"family": "inet", "table": "t", "chain": "nat", "handle": 2, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 82}}, {"redirect": {"port": 82}}]}}, """
            + "{\"rule\": {\"family\": \"inet\", \"table\": \"t\", \"chain\": \"" + chain + "\", \"handle\": 3, \"expr\": [" + statements + "]}}, "
            + """{"rule": {"family": "inet", "table": "t", "chain": "input", "handle": 4, "expr": [{"synproxy": {"mss": 1460}}]}}]}""");

        await ExpectAsync(port, ids);
    }

    [Theory]
    [InlineData("\"dev\": \"eth0\", ", "TOA525")]
    [InlineData("\"dev\": [\"eth1\", \"eth0\"], ", "TOA525")]
    [InlineData("\"dev\": \"eth1\", ", "TOA520")]
    [InlineData("", "TOA520 1")] // nft 1.0.6
    public async Task A_rule_of_an_interface_can_remove_the_option(string interfaces, string ids)
    {
        WithNft("""{"nftables": [{"chain": {"family": "netdev", "table": "f", "name": "in", "handle": 1, """ + interfaces
            + """ "type": "filter", "hook": "ingress", "prio": 0, "policy": "accept"}}, """
            + """{"rule": {"family": "netdev", "table": "f", "chain": "in", "handle": 3, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 80}}, {"reset": {"tcp option": {"base": 253, "offset": 0, "len": 0}}}]}}]}""");

        await ExpectAsync("80", ids);
    }

    // Outputs of nft 1.1.3 and iptables-save 1.8.11.
    [Theory]
    [InlineData("reset.json", "80", "TOA525")]
    [InlineData("reset.json", "8080", "TOA525")]
    [InlineData("reset.json", "7000", "TOA520")] // sack-perm
    [InlineData("reset.json", "443", "TOA520")] // of SYNs only
    [InlineData("reset.json", "15006", "TOA525")] // of ACKs only
    [InlineData("firewalld.json", "80", "TOA520")]
    [InlineData("firewalld.json", "443", "TOA523")]
    [InlineData("firewalld.json", "444", "TOA524")]
    [InlineData("kube-proxy.json", "30080", "TOA524")]
    [InlineData("kube-proxy.json", "30081", "TOA520")]
    public async Task Outputs_of_nft_are_read(string file, string port, string ids)
    {
        WithNft(Rules(file));

        await ExpectAsync(port, ids);
    }

    [Fact]
    public async Task Only_one_rule_translates_the_destination()
    {
        WithLegacy("*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 8080\nCOMMIT\n");
        WithNft("""
            {"nftables": [{"chain": {"family": "ip", "table": "t", "name": "pre", "type": "nat", "hook": "prerouting", "prio": -150, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "t", "chain": "pre", "handle": 2, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 82}}, {"redirect": {"port": 7000}}]}}]}
            """);

        (await Diagnosis.OfAsync(_machine, "--port", "82")).Only("TOA52", "TOA523").Seen.Should().StartWith("rule 2 of chain pre ").And.EndWith(": port 82. They arrive at port 7000.");
    }

    [Fact]
    public async Task A_chain_that_nft_adds_to_a_table_of_iptables_is_read()
    {
        WithNft("""
            {"nftables": [{"chain": {"family": "ip", "table": "nat", "name": "PREROUTING", "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
            {"chain": {"family": "ip", "table": "nat", "name": "extra", "type": "nat", "hook": "prerouting", "prio": -90, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "nat", "chain": "PREROUTING", "handle": 2, "expr": [{"xt": {"type": "target", "name": "REDIRECT"}}]}},
            {"rule": {"family": "ip", "table": "nat", "chain": "extra", "handle": 5, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 83}}, {"redirect": {"port": 8080}}]}}]}
            """)
            .Program("iptables-nft-save", "# Table `nat' contains incompatible base-chains, use 'nft' tool to list them.\n*nat\n:PREROUTING ACCEPT [0:0]\n"
                + "-A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 8080\nCOMMIT\n");

        (await Diagnosis.OfAsync(_machine, "--port", "83")).Only("TOA52", "TOA523").Seen.Should().StartWith("rule 5 of chain extra ");
        (await Diagnosis.OfAsync(_machine, "--port", "82")).Only("TOA52", "TOA523").Seen.Should().StartWith("iptables-nft -t nat -A PREROUTING ");
    }

    // Output of iptables-save for comments with line breaks and escape sequences, and with -c and CRLF.
    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "[5:300] ")]
    public async Task Texts_in_rules_are_no_rules_and_do_not_reach_the_terminal(string lineBreak, string counters)
    {
        WithLegacy(string.Join(lineBreak,
        [
            "*nat", ":PREROUTING ACCEPT [0:0]", ":A\u001b[31mred - [0:0]",
            counters + "-A PREROUTING -p tcp -m comment --comment \"bad\n-A PREROUTING -p tcp --dport 85 -j REDIRECT --to-ports 1\n\" -m tcp --dport 86 -j ACCEPT",
            counters + "-A PREROUTING -p tcp -m comment --comment \"-j REDIRECT \\\" \\\\ \\' --dport 1\" -m tcp --dport 82 -j REDIRECT --to-ports 8080",
            counters + "-A PREROUTING -p tcp -m tcp --dport 87 -j A\u001b[31mred",
            counters + "-A A\u001b[31mred ! -i e\u001b[32mx -p tcp -j REDIRECT --to-ports 8080", "COMMIT", "",
        ]));

        (await Diagnosis.OfAsync(_machine, "--port", "85")).Only("TOA52", "TOA520");
        (await Diagnosis.OfAsync(_machine, "--port", "82")).Only("TOA52", "TOA523").Seen.Should().StartWith(
            "iptables-legacy -t nat -A PREROUTING -p tcp -m tcp --dport 82 -j REDIRECT --to-ports 8080: port 82.");
        Run run = await Run.ToaAsync(_machine, ["doctor", "--port", "87"]);
        run.Output.Should().Contain("-A A?[31mred ! -i e?[32mx -p tcp -j REDIRECT --to-ports 8080: port 87.").And.NotContain("\u001b");
    }

    [Theory]
    [InlineData("{\"nftables\": [{\"rule\": 5}]}")]
    [InlineData("{\"nftables\": [{\"rule\"")]
    [InlineData("{\"nftables\": [{\"chain\": []}]}")]
    [InlineData("{\"nftables\": [{\"set\": null}]}")]
    public async Task JSON_without_what_it_must_have_is_a_finding(string output)
    {
        (await Diagnosis.OfAsync(WithNft(output))).All("TOA001").Should().Contain(one => one.Seen.Contains("the output of nft -j list ruleset cannot be read: "));
    }

    [Fact]
    public async Task A_long_name_is_cut()
    {
        WithNft("""{"nftables": [{"chain": {"family": "ip", "table": "t", "name": "NAME", "hook": "input", "prio": 0}}, {"rule": {"family": "ip", "table": "t", "chain": "NAME", "handle": 1, "expr": [{"synproxy": null}]}}]}"""
            .Replace("NAME", new string('n', 1_000_000)));

        (await Diagnosis.OfAsync(_machine, "--port", "80")).Only("TOA52", "TOA521").Seen.Should().HaveLength(500 + " …: port 80.".Length);
    }

    [Fact]
    public async Task Deep_JSON_is_a_finding()
    {
        WithNft("{\"nftables\": " + new string('[', 10_000) + new string(']', 10_000) + "}");

        (await Diagnosis.OfAsync(_machine)).All("TOA001").Should().Contain(one => one.Seen.Contains("the output of nft -j list ruleset cannot be read: "));
    }

    [Fact]
    public async Task Sets_and_maps_that_name_themselves_end()
    {
        WithNft("""
            {"nftables": [{"set": {"family": "ip", "table": "t", "name": "s", "type": "ifname", "elem": ["@s"]}},
            {"map": {"family": "ip", "table": "t", "name": "m", "elem": [["eth0", {"map": {"key": {"meta": {"key": "iifname"}}, "data": "@m"}}]]}},
            {"chain": {"family": "ip", "table": "t", "name": "in", "type": "filter", "hook": "input", "prio": 0}},
            {"chain": {"family": "ip", "table": "t", "name": "in", "type": "filter", "hook": "input", "prio": 0}},
            {"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 1, "handle": 2, "expr": [{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "@s"}}, {"goto": {"target": "in"}}]}},
            {"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 3, "expr": [{"match": {"op": "==", "left": {"map": {"key": {"meta": {"key": "iifname"}}, "data": "@m"}}, "right": 1}}, {"drop": null}]}},
            {"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 4, "expr": [{"jump": {"target": "in"}}]}},
            {"rule": {"family": "ip", "table": "t", "chain": "in", "handle": 5, "expr": [{"synproxy": null}]}}]}
            """);

        (await Diagnosis.OfAsync(_machine, "--port", "80")).Only("TOA52", "TOA521").Seen.Should().StartWith("rule 5 of chain in ");
    }

    [Fact]
    public async Task Rules_of_iptables_are_read_although_those_of_nftables_cannot_be()
    {
        WithLegacy(SynProxy).Write("proc/modules", "toa 65536 0 - Live 0x0\nnf_tables 286720 1 - Live 0x0\n")
            .Program("nft -j list ruleset", "", 1, "netlink: Error");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Only("TOA52", "TOA521");
        found["TOA001"].Seen.Should().Contain("nft -j list ruleset failed: netlink: Error.");
    }

    [Fact]
    public async Task Rules_that_cannot_be_evaluated_are_counted()
    {
        WithLegacy("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m set --match-set known src -j ACCEPT\n-A INPUT -p tcp -j ACCEPT\n"
            + "-A INPUT -p tcp -j SYNPROXY\nCOMMIT\n");

        (await Diagnosis.OfAsync(_machine, "--port", "80")).Only("TOA52", "TOA520").Seen.Should().Be(
            "3 rules in this network namespace, for connections from 203.0.113.1. Rules with matches that cannot be evaluated: 1.");
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("unreachable 203.0.113.1 from 192.0.2.10 uid 0 \n", 2)]
    [InlineData("local 203.0.113.1 dev lo src 203.0.113.1 uid 0 \n", 0)]
    public async Task Without_a_route_to_a_balancer_the_rules_are_not_known(string route, int exitCode)
    {
        using FakeMachine machine = new FakeMachine().WithModule(trusted: "203.0.113.0/28").Program("ip -o route get", route, exitCode);

        Diagnosis found = await Diagnosis.OfAsync(WithLegacy(SynProxy, machine));

        found.All("TOA001").Should().ContainSingle().Which.Should().Be((
            "rules of iptables and nftables: There are 2 rules, and this machine has no route to a balancer (203.0.113.1), so no connection "
            + "was followed through them.",
            "Run ip route get 203.0.113.1 to see why."));
        found.Ids.Should().NotContain(id => id.StartsWith("TOA52"));
    }

    [Fact]
    public async Task A_machine_with_the_first_trusted_address_gets_connections_from_the_next()
    {
        _machine.Write("proc/net/fib_trie", "Local:\n     |-- 203.0.113.1\n        /32 host LOCAL\n")
            .Program("ip -o route get 203.0.113.2", "203.0.113.2 dev eth0 src 203.0.113.1 uid 0 \n");

        (await Diagnosis.OfAsync(WithLegacy(SynProxy))).Only("TOA52", "TOA521");
    }

    [Fact]
    public async Task Chains_that_call_each_other_again_and_again_end()
    {
        StringBuilder rules = new("*filter\n:INPUT ACCEPT [0:0]\n");
        for (int i = 0; i < 10; i++)
            rules.Append($":C{i} - [0:0]\n");
        rules.Append("-A INPUT -j C0\n");
        for (int i = 0; i < 9; i++)
            rules.Insert(rules.Length, $"-A C{i} -j C{i + 1}\n", 8);

        Diagnosis found = await Diagnosis.OfAsync(WithLegacy($"{rules}-A C9 -p udp -j ACCEPT\nCOMMIT\n"), "--port", "80");

        found.All("TOA001").Should().ContainSingle().Which.Should().Be((
            "rules of iptables and nftables: There are too many rules and ports: 1 ports were not checked.", "Name the service's port with --port."));
        found.Ids.Should().NotContain("TOA520");
    }

    [Fact]
    public async Task Broken_rules_do_no_harm()
    {
        WithLegacy("*nat\n:PREROUTING ACCEPT [0:0]\n:LOOP - [0:0]\n-A PREROUTING -j LOOP\n-A LOOP -j LOOP\n-A NOWHERE -j ACCEPT\n-A PREROUTING !\n-A\n"
            + "-A PREROUTING -j\n-A PREROUTING -s nonsense/99 -j REDIRECT --to-ports 1\n-A PREROUTING -p tcp --dport x -j REDIRECT --to-ports 1\n"
            + "-A PREROUTING -m mark --mark 0xzz -j REDIRECT --to-ports 1\n-A PREROUTING -j DNAT --to-destination [2001:db8::1\n");

        (await Diagnosis.OfAsync(_machine, "--port", "80")).Only("TOA52", "TOA520");
    }

    // The findings, and how many rules are not known.
    private async Task ExpectAsync(string port, string ids)
    {
        _machine.Listen("192.0.2.10:9000 101", "0.0.0.0:9001 102")
            .Program("ip -o route get 192.0.2.10", "local 192.0.2.10 dev lo src 192.0.2.10 uid 0 \n")
            .Program("ip -o route get 10.244.1.5", "10.244.1.5 dev cni0 src 10.244.1.1 uid 0 \n");
        string[] words = ids.Split(' ');

        (string seen, _) = (await Diagnosis.OfAsync(_machine, "--port", port)).Only("TOA52", [.. Array.FindAll(words, word => word.StartsWith("TOA"))]);

        if (words is ["TOA520", ..])
            seen.Should().EndWith(words is [_, var unknown] ? $" Rules with matches that cannot be evaluated: {unknown}." : "for connections from 203.0.113.1.");
    }

    private static string Rules(string name) => File.ReadAllText(Repository.PathOf($"tests/Toa.Tool.Tests/Doctor/Rules/{name}"));

    private FakeMachine WithLegacy(string rules, FakeMachine? machine = null) =>
        (machine ?? _machine).Write("proc/net/ip_tables_names", "nat\n").Program("iptables-legacy-save", rules);

    private FakeMachine WithNft(string rules) => WithNftables().Program("nft -j list ruleset", rules);

    private FakeMachine WithNftables() => _machine.Write("proc/modules", "toa 65536 0 - Live 0x0\nnf_tables 286720 1 - Live 0x0\n");
}
