using Toa.Tool.Language;

namespace Toa.Tool.Doctor;

/// <summary>A possible finding of a check. Each has its own section in docs/operate/doctor.md.</summary>
/// <param name="Id">The identifier, for example TOA101. Its meaning never changes.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Title">A short title.</param>
internal sealed record FindingKind(string Id, Severity Severity, Message Title)
{
    /// <summary>The section in the documentation of the user's language.</summary>
    public Message Docs => $"docs/operate/doctor.md#{Id.ToLowerInvariant()}";

    /// <summary>Creates a finding of this kind.</summary>
    /// <param name="seen">The observation.</param>
    /// <param name="next">The next step for the user; empty if there is nothing to do.</param>
    public Finding Found(Message seen, Message? next = null) => new(this, seen, next ?? $"");
}

/// <summary>A finding of a check.</summary>
internal sealed record Finding(FindingKind Kind, Message Seen, Message Next);
