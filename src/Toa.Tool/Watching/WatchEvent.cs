using System;

namespace Toa.Tool.Watching;

/// <summary>A line of <c>toa provider watch --json</c>.</summary>
/// <param name="Time">The time.</param>
/// <param name="Kind">The kind of the provider that serves; null if none does.</param>
/// <param name="Message">The step or the problem.</param>
internal sealed record WatchEvent(DateTimeOffset Time, string? Kind, string Message);
