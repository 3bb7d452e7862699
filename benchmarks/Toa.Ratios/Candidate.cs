using System;

namespace Toa.Ratios;

/// <summary>A way to look up a client. It makes so many calls in a row, so that what calls it costs nothing.</summary>
internal sealed record Candidate(string Name, Action<int> Run);
