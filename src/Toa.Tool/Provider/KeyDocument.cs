using System.Collections.Generic;
using System.Text.Json.Serialization;

namespace Toa.Tool.Provider;

/// <summary>The output of <c>toa provider enroll-key --check</c>.</summary>
/// <param name="Demands">Why the kernel requires signed modules; empty if it does not.</param>
/// <param name="Key">The private key; null if only the certificate is known.</param>
/// <param name="Certificate">The certificate; null if no key is needed.</param>
/// <param name="Name">The subject of the certificate; null if it does not exist yet.</param>
/// <param name="Enrolled">Whether the key is enrolled.</param>
/// <param name="InKernel">Whether the key is in the kernel's keyrings; null if this user cannot see them.</param>
/// <param name="Module">The module; null if none was found.</param>
/// <param name="Signature">The module's signature.</param>
/// <param name="Complete">Whether nothing is left to do.</param>
/// <param name="Next">What to do next.</param>
internal sealed record KeyDocument(
    IReadOnlyList<string> Demands, string? Key, string? Certificate, string? Name, KeyEnrolled Enrolled, bool? InKernel, string? Module,
    ModuleSignature Signature, bool Complete, string Next);

/// <summary>Whether shim gives a key to the kernel.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeyEnrolled>))]
internal enum KeyEnrolled
{
    No,

    /// <summary>The request waits for the confirmation at the console.</summary>
    Requested,

    Yes,
}

/// <summary>The signature of a module.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModuleSignature>))]
internal enum ModuleSignature
{
    None,

    /// <summary>By the key.</summary>
    Key,

    /// <summary>By another key.</summary>
    Other,

    /// <summary>By a key that modinfo does not show.</summary>
    Unknown,
}
