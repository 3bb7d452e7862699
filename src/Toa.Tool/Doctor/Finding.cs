namespace Toa.Tool.Doctor;

/// <summary>Something that a check can find. Each has a place of its own in docs/operate/doctor.md.</summary>
/// <param name="Id">As TOA101; it never changes its meaning.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Title">What it is, in a few words.</param>
internal sealed record FindingKind(string Id, Severity Severity, string Title)
{
    /// <summary>The place in the documentation.</summary>
    public string Docs => $"docs/operate/doctor.md#{Id.ToLowerInvariant()}";

    /// <summary>It has been found.</summary>
    /// <param name="seen">What was seen.</param>
    /// <param name="next">What to do next; empty if there is nothing to do.</param>
    public Finding Found(string seen, string next = "") => new(this, seen, next);
}

/// <summary>Something that a check has found.</summary>
internal sealed record Finding(FindingKind Kind, string Seen, string Next);
