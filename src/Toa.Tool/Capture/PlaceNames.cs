using System.Collections.Generic;
using System.Linq;

namespace Toa.Tool.Capture;

/// <summary>The names of <see cref="SegmentPlaces"/>.</summary>
internal static class PlaceNames
{
    public static IEnumerable<string> Of(SegmentPlaces places) =>
        ((SegmentPlaces[])[SegmentPlaces.Syn, SegmentPlaces.Handshake, SegmentPlaces.Ack, SegmentPlaces.Data, SegmentPlaces.Fin])
            .Where(place => places.HasFlag(place)).Select(place => place.ToString().ToLowerInvariant());

    public static string Join(SegmentPlaces places) => string.Join(", ", Of(places));
}
