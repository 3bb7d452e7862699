using System;

namespace Toa.Ratios;

/// <summary>A way to look up a client. It makes many calls in a row, so that the cost of its caller does not matter.</summary>
internal sealed record Candidate(string Name, Action<int> Run);
