namespace Toa.Shared;

/// <summary>Where the eBPF provider is pinned.</summary>
internal static class EbpfPins
{
    /// <summary>Its folder, below the root.</summary>
    public const string Folder = "sys/fs/bpf/toa";
}
