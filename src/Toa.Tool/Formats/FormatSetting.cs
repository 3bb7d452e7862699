using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Toa.LoadBalancing.Options;
using Toa.Shared;
using Toa.Tool.Language;

namespace Toa.Tool.Formats;

/// <summary>The setting <c>formats</c> of a provider, with the rules of native/include/toa_format_setting.h.</summary>
internal sealed class FormatSetting
{
    public const string Name = "formats";

    /// <summary>The most bytes of the setting.</summary>
    public const int Longest = 255;

    private readonly IReadOnlyList<FormatWord> _words;

    private FormatSetting(IReadOnlyList<FormatWord> words) => _words = words;

    /// <summary>The setting of a provider to which none was given.</summary>
    public static FormatSetting Default { get; } = new([FormatWord.Of(OptionVendor.Tencent)]);

    /// <summary>The setting as a list with commas.</summary>
    public string Text => string.Join(',', _words.Select(word => word.Text));

    /// <summary>Reads a list with commas.</summary>
    /// <param name="text">The list.</param>
    /// <param name="setting">The setting; null if the list is not valid.</param>
    /// <param name="problem">What is wrong; null if the list is valid.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out FormatSetting? setting, [NotNullWhen(false)] out Message? problem)
    {
        setting = null;
        List<FormatWord> words = [];
        foreach (string word in text.Split(',').Select(word => word.Trim(' ', '\t', '\n')).Where(word => word.Length > 0))
        {
            FormatWord? added = FormatWord.TryParse(word);
            problem = added is null ? Unknown(word) : ProblemOf(added, words);
            if (problem is not null)
                return false;
            if (words.All(other => other.Text != word))
                words.Add(added!);
        }

        FormatSetting parsed = new(words);
        problem = parsed.Text.Length switch
        {
            0 => $"the list is empty: use vendors such as tencent, KIND/8 or KIND/20.",
            > Longest => $"the list is too long: the maximum is {Longest} bytes.",
            _ => null,
        };
        setting = problem is null ? parsed : null;
        return problem is null;
    }

    /// <summary>The setting in a text of a provider; null if there is none, or if this program does not know it.</summary>
    public static FormatSetting? Of(string? text) =>
        text is not null && TryParse(text, out FormatSetting? setting, out _) ? setting : null;

    /// <summary>Whether it reads options of this kind, of any length.</summary>
    public bool HasKind(byte kind) => _words.Any(word => word.Options.Any(option => option.Kind == kind));

    /// <summary>The format of options with this kind and length; null if it does not read them.</summary>
    public OptionFormat? FormatOf(byte kind, byte length) =>
        _words.Select(word => word.FormatOf(kind, length)).FirstOrDefault(format => format is not null);

    /// <summary>The words that cannot be set together with another.</summary>
    public IEnumerable<string> CollisionsWith(FormatWord added) =>
        _words.Where(word => word.CollisionWith(added) is not null).Select(word => word.Text);

    /// <summary>This setting with another word, and without those that collide with it.</summary>
    public FormatSetting With(FormatWord added) => new([.. _words.Where(word => word.CollisionWith(added) is null), added]);

    private static Message Unknown(string word) =>
        $"'{word}' is not a format: use {string.Join(", ", OptionVendor.All.Select(vendor => vendor.Name))}, KIND/8 (IPv4) or "
        + $"KIND/20 (IPv6).";

    private static Message? ProblemOf(FormatWord added, IEnumerable<FormatWord> words)
    {
        if (added.Options.Any(option => TcpOptionKind.IsTaken(option.Kind)))
            return $"'{added.Text}': kind {added.Options[0].Kind} belongs to TCP: use 200, 253 or 254.";
        foreach (FormatWord word in words)
        {
            if (word.CollisionWith(added) is var (kind, format))
                return $"'{word.Text}' and '{added.Text}' read kind {kind} with length {format.Length} in different ways: set only one "
                    + $"of them.";
        }

        return null;
    }
}
