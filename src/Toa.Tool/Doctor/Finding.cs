namespace Toa.Tool.Doctor;

/// <summary>A possible finding of a check. Each has its own section in docs/operate/doctor.md.</summary>
/// <param name="Id">The identifier, for example TOA101. Its meaning never changes.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Title">A short title.</param>
internal sealed record FindingKind(string Id, Severity Severity, string Title)
{
    /// <summary>The section in the documentation.</summary>
    public string Docs => $"docs/operate/doctor.md#{Id.ToLowerInvariant()}";

    /// <summary>Creates a finding of this kind.</summary>
    /// <param name="seen">The observation.</param>
    /// <param name="next">The next step for the user; empty if there is nothing to do.</param>
    public Finding Found(string seen, string next = "") => new(this, seen, next);
}

/// <summary>A finding of a check.</summary>
internal sealed record Finding(FindingKind Kind, string Seen, string Next);
