using System;

namespace Toa.LoadBalancing.Options;

/// <summary>Writes the values of a TOA option.</summary>
/// <param name="option">The option: its kind and its length, then zeros.</param>
/// <param name="values">The values. A layout writes those that it has a field for.</param>
internal delegate void OptionLayout(Span<byte> option, in ToaOptionValues values);
