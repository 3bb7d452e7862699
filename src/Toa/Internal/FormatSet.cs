using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Shared;

namespace Toa.Internal;

/// <summary>
/// The formats of TOA options to read, from text in the words of the providers' setting <c>formats</c>. The errors are those of
/// native/include/toa_format_setting.h: a test compares them.
/// </summary>
internal sealed class FormatSet
{
    private const int MostBytes = 255, MostQuoted = 32;

    private readonly Dictionary<(byte Kind, byte Length), (OptionFormat Format, string Word)> _options = [];

    /// <summary>Reads a list of words. Each may also be a list, with commas.</summary>
    /// <exception cref="FormatException">The message names the word, and the fix.</exception>
    public FormatSet(IEnumerable<string?> words)
    {
        HashSet<string> texts = [];
        foreach (string word in words.SelectMany(Split))
        {
            foreach ((byte kind, OptionFormat format) in Read(word))
                Add(word, kind, format);
            texts.Add(word);
            if (texts.Sum(text => text.Length) + texts.Count - 1 > MostBytes)
                throw new FormatException($"the list is too long: the maximum is {MostBytes} bytes");
        }

        if (_options.Count == 0)
            throw new FormatException("the list is empty: use vendors such as tencent, KIND/8 or KIND/20");
    }

    /// <summary>The formats that a provider reads by default.</summary>
    public static FormatSet Default { get; } = new([OptionVendor.Tencent.Name]);

    /// <summary>Reads the option <see cref="ToaOptions.Formats"/>. An empty list is the default.</summary>
    /// <inheritdoc cref="FormatSet(IEnumerable{string})" path="/exception"/>
    public static FormatSet From(ToaFormatList? list) => list is { Count: 0 } ? Default : new FormatSet(list ?? []);

    /// <summary>Whether two sets read the same options in the same way.</summary>
    public bool ReadsTheSameAs(FormatSet other) =>
        _options.Count == other._options.Count
        && _options.All(option => other.Find(option.Key.Kind, option.Key.Length) == option.Value.Format);

    /// <returns><see langword="null"/> if these options are not read.</returns>
    public OptionFormat? Find(byte kind, byte length) =>
        _options.TryGetValue((kind, length), out (OptionFormat Format, string Word) option) ? option.Format : null;

    private static IEnumerable<string> Split(string? list) =>
        (list ?? "").Split(',').Select(word => word.Trim(' ', '\t', '\n')).Where(word => word.Length > 0);

    private static (byte Kind, OptionFormat Format)[] Read(string word) =>
        OptionVendor.TryParse(word)?.Options
        ?? throw new FormatException(
            $"'{word.Substring(0, Math.Min(word.Length, MostQuoted))}' is not a format: use "
            + $"{string.Join(", ", OptionVendor.All.Select(known => known.Name))}, KIND/8 (IPv4) or KIND/20 (IPv6)");

    private void Add(string word, byte kind, OptionFormat format)
    {
        if (OptionKind.BelongsToTcp(kind))
            throw new FormatException($"'{word}': kind {kind} belongs to TCP: use 200, 253 or 254");
        if (!_options.TryGetValue((kind, format.Length), out (OptionFormat Format, string Word) owner))
            _options.Add((kind, format.Length), (format, word));
        else if (owner.Format != format)
            throw new FormatException(
                $"'{owner.Word}' and '{word}' read kind {kind} with length {format.Length} in different ways: set only one of them");
    }
}
