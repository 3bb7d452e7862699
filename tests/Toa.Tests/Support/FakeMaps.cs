using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Toa.Interop;

namespace Toa.Tests.Support;

/// <summary>Pinned maps with contents from a test.</summary>
internal sealed class FakeMaps : IPinnedMaps
{
    private const int NameSize = 32;

    private readonly List<(string Name, ulong[] Values)> _counters = [];

    /// <summary>The errno of opening a map.</summary>
    public int OpenError { get; set; }

    /// <summary>The number of attempts to open a map.</summary>
    public int Asked { get; private set; }

    /// <summary>The size of a counter.</summary>
    public int CounterSize { get; set; } = sizeof(ulong);

    /// <summary>The size of a counter's name.</summary>
    public int CounterNameSize { get; set; } = NameSize;

    /// <summary>The errno of reading a value.</summary>
    public int LookupError { get; set; }

    /// <summary>The number of maps that were opened, but not closed.</summary>
    public int Open { get; private set; }

    /// <summary>Adds a counter of a loaded provider.</summary>
    public FakeMaps Count(string name, params ulong[] values)
    {
        _counters.Add((name, values));
        return this;
    }

    int IPinnedMaps.Open(string path, out int map)
    {
        Asked++;
        map = OpenError != 0 ? -1 : path.EndsWith("toa_counter_names", StringComparison.Ordinal) ? 1 : 2;
        Open += OpenError == 0 ? 1 : 0;
        return OpenError;
    }

    public int GetValueSize(int map, out int size)
    {
        size = map == 1 ? CounterNameSize : CounterSize;
        return 0;
    }

    public int Lookup(int map, uint key, Span<byte> value)
    {
        if (LookupError != 0)
            return LookupError;
        bool isName = map == 1;
        (string name, ulong[] values) = key < _counters.Count ? _counters[(int)key] : ("", []);
        byte[] bytes = isName ? Encoding.UTF8.GetBytes(name.PadRight(NameSize, '\0')) : [.. values.SelectMany(BitConverter.GetBytes)];
        bytes.CopyTo(value);
        return 0;
    }

    public void Close(int map) => Open--;
}
