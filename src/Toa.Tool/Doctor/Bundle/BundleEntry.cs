using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>A file of a bundle.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Holds">Its content, in words.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record BundleEntry(string Name, Message Holds, byte[] Bytes);

/// <summary>A part that a bundle does not have.</summary>
/// <param name="Name">The name of the file.</param>
/// <param name="Why">Why it does not have it, and what to do.</param>
internal sealed record BundleGap(string Name, Message Why);
