using System;

namespace Toa.LoadBalancing.Options;

/// <summary>Iterates over the options of a TCP header, and skips NOPs.</summary>
internal ref struct TcpOptionReader
{
    private readonly ReadOnlySpan<byte> _options;
    private int _next;

    public TcpOptionReader(ReadOnlySpan<byte> options) => _options = options;

    /// <summary>The offset of the option.</summary>
    public int Start { get; private set; }

    /// <summary>Its length, including the bytes for kind and length.</summary>
    public int Length { get; private set; }

    public readonly byte Kind => _options[Start];

    public readonly int End => Start + Length;

    /// <summary>Whether the iteration ended at a malformed option. The bytes after it have no meaning.</summary>
    public bool IsMalformed { get; private set; }

    public bool MoveNext()
    {
        while (_next < _options.Length && _options[_next] == TcpOptionKind.Nop)
            _next++;
        if (_next == _options.Length || _options[_next] == TcpOptionKind.EndOfList)
            return false;

        int left = _options.Length - _next;
        if (left < 2 || _options[_next + 1] < 2 || _options[_next + 1] > left)
        {
            IsMalformed = true;
            return false;
        }

        Start = _next;
        Length = _options[_next + 1];
        _next += Length;
        return true;
    }

    public static bool IsSound(ReadOnlySpan<byte> options)
    {
        TcpOptionReader reader = new(options);
        while (reader.MoveNext())
        {
        }

        return !reader.IsMalformed;
    }
}
