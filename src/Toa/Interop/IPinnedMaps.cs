using System;

namespace Toa.Interop;

/// <summary>eBPF maps that are pinned in a bpf file system. Tests put their own in place of the kernel's.</summary>
internal interface IPinnedMaps
{
    /// <summary>Opens a map to read it.</summary>
    /// <returns>0, or the errno of the failure.</returns>
    int Open(string path, out int map);

    /// <summary>The size of a value in bytes: for a per-CPU map, of each CPU's.</summary>
    /// <returns>0, or the errno of the failure.</returns>
    int GetValueSize(int map, out int size);

    /// <summary>Copies the value of a key, for a map whose keys are indexes.</summary>
    /// <param name="map">The map.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">As large as the map's values at least: for a per-CPU map, 8 bytes for each possible CPU.</param>
    /// <returns>0, or the errno of the failure.</returns>
    int Lookup(int map, uint key, Span<byte> value);

    void Close(int map);
}
