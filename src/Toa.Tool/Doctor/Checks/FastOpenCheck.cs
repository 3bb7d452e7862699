using System.Collections.Generic;
using System.Globalization;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether TOA options on SYNs share their kind with experimental Fast Open options.</summary>
internal sealed class FastOpenCheck : ICheck
{
    public static readonly FindingKind SharesKind = new("TOA313", Severity.Info,
        $"Kind 254 is used for TOA options on SYNs and for experimental Fast Open options");

    private const byte SharedKind = 254;
    private const int ForServers = 2;
    private const string Switch = "proc/sys/net/ipv4/tcp_fastopen";

    public Message About => $"TCP Fast Open";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (examination.Formats?.HasKind(SharedKind) != true || !examination.ShowsSettings || examination.Setting("syn") is not ("Y" or "1"))
            yield break;
        string? setting = examination.Machine.ReadText(Switch)?.Trim();
        if (int.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && (value & ForServers) != 0)
            yield return SharesKind.Found(
                $"formats={examination.Formats.Text}, syn=Y, net.ipv4.tcp_fastopen={setting}.",
                $"A TOA option on the SYN of a client with port 63881 looks like a Fast Open cookie: the provider does not read it, and a "
                + $"listener with TCP_FASTOPEN answers it with a cookie. Let the balancer write the option on the ACK too, or use another kind.");
    }
}
