using System;
using System.Collections.Generic;
using System.Net;

namespace Toa.Tool.Doctor;

/// <summary>The options of <c>toa doctor</c>.</summary>
/// <param name="Interface">The interface to capture on; null for all interfaces.</param>
/// <param name="Duration">How long to capture, and to watch the counters.</param>
/// <param name="Ports">The ports of the services to check; empty for all ports.</param>
/// <param name="Probe">Whether to make test connections.</param>
/// <param name="ProbeListener">The program to make them to; null for servers of the probe itself.</param>
/// <param name="KeepsPackets">Whether to keep the headers of some packets with TOA options.</param>
internal sealed record DoctorOptions(
    string? Interface, TimeSpan Duration, IReadOnlyList<int> Ports, bool Probe = false, IPEndPoint? ProbeListener = null,
    bool KeepsPackets = false);
