using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Toa.Shared;
using Toa.Tool.Language;

namespace Toa.Tool.Formats;

/// <summary>The setting <c>formats</c> of a provider, with the rules of native/include/toa_format_setting.h.</summary>
internal sealed class FormatSetting
{
    public const string Name = "formats";

    /// <summary>The most bytes of the setting.</summary>
    public const int Longest = 255;

    // Longer words are cut in a message.
    private const int LongestShown = 32;

    private FormatSetting(IReadOnlyList<FormatWord> words) => Words = words;

    /// <summary>The setting of a provider to which none was given.</summary>
    public static FormatSetting Default { get; } = new([FormatWord.Of(OptionVendor.Tencent)]);

    /// <summary>The words of the list.</summary>
    public IReadOnlyList<FormatWord> Words { get; }

    /// <summary>The setting as a list with commas.</summary>
    public string Text => TextOf(Words);

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
            if (TextOf(words).Length > Longest)
            {
                problem = $"the list is too long: the maximum is {Longest} bytes.";
                return false;
            }
        }

        problem = words.Count == 0 ? (Message)$"the list is empty: use vendors such as tencent, KIND/8 or KIND/20." : null;
        setting = problem is null ? new FormatSetting(words) : null;
        return problem is null;
    }

    /// <summary>The setting in a text of a provider; null if the text is missing, or if this program does not know it.</summary>
    public static FormatSetting? Of(string? text) =>
        text is not null && TryParse(text, out FormatSetting? setting, out _) ? setting : null;

    /// <summary>Whether it reads options of this kind, of any length.</summary>
    public bool HasKind(byte kind) => Words.Any(word => word.Options.Any(option => option.Kind == kind));

    /// <summary>The format of options with this kind and length; null if it does not read them.</summary>
    public OptionFormat? FormatOf(byte kind, byte length) =>
        Words.Select(word => word.FormatOf(kind, length)).FirstOrDefault(format => format is not null);

    /// <summary>The words that cannot be set together with others.</summary>
    public IEnumerable<string> CollisionsWith(IEnumerable<FormatWord> added) =>
        Words.Where(word => added.Any(other => word.CollisionWith(other) is not null)).Select(word => word.Text);

    /// <summary>This setting with other words, and without those that collide with them.</summary>
    public FormatSetting With(params IReadOnlyList<FormatWord> added) =>
        new([.. Words.Where(word => added.All(other => word.CollisionWith(other) is null)), .. added]);

    private static string TextOf(IEnumerable<FormatWord> words) => string.Join(',', words.Select(word => word.Text));

    private static Message Unknown(string word) =>
        $"'{word[..Math.Min(word.Length, LongestShown)]}' is not a format: use "
        + $"{string.Join(", ", OptionVendor.All.Select(vendor => vendor.Name))}, KIND/8 (IPv4) or KIND/20 (IPv6).";

    private static Message? ProblemOf(FormatWord added, IEnumerable<FormatWord> words)
    {
        if (added.Options.Any(option => OptionKind.BelongsToTcp(option.Kind)))
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
