using System;

namespace Toa.Interop;

/// <summary>eBPF maps that are pinned in a bpf file system. Tests replace this interface.</summary>
internal interface IPinnedMaps
{
    /// <summary>Opens a map to read it.</summary>
    /// <returns>0, or the errno of the failure.</returns>
    int Open(string path, out int map);

    /// <summary>Gets the size of a value in bytes. For a per-CPU map, this is the size for one CPU.</summary>
    /// <returns>0, or the errno of the failure.</returns>
    int GetValueSize(int map, out int size);

    /// <summary>Copies the value of a key, for a map whose keys are indexes.</summary>
    /// <param name="map">The map.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">A buffer for at least one value of the map: for a per-CPU map, 8 bytes for each possible CPU.</param>
    /// <returns>0, or the errno of the failure.</returns>
    int Lookup(int map, uint key, Span<byte> value);

    void Close(int map);
}
