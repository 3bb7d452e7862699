using System;
using System.Collections.Generic;

namespace Toa.Tool.Doctor;

/// <summary>What somebody wants to know.</summary>
/// <param name="Interface">Where to capture; null is everywhere.</param>
/// <param name="Duration">How long to capture, and to watch the counters.</param>
/// <param name="Ports">Ports of the services that matter; all of them if there are none.</param>
internal sealed record DoctorOptions(string? Interface, TimeSpan Duration, IReadOnlyList<int> Ports);
