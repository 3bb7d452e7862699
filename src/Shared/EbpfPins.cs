namespace Toa.Shared;

/// <summary>The paths where the eBPF provider is pinned.</summary>
internal static class EbpfPins
{
    /// <summary>The folder, relative to the root.</summary>
    public const string Folder = "sys/fs/bpf/toa";
}
