using System.Collections.Generic;
using System.Linq;

namespace Toa.Tool.Formats;

/// <summary>A word to add to the setting <c>formats</c>.</summary>
/// <param name="Word">The word.</param>
/// <param name="Others">The words that can be set instead of it: they read the same options.</param>
internal sealed record FormatChoice(FormatWord Word, IReadOnlyList<FormatWord> Others)
{
    /// <summary>The words that read all these options: few words first, and then few options that are not in the list.</summary>
    /// <param name="options">Kinds and lengths. Each has a format.</param>
    public static IReadOnlyList<FormatChoice> For(IEnumerable<(byte Kind, byte Length)> options)
    {
        List<FormatChoice> choices = [];
        List<(byte Kind, byte Length)> left = [.. options];
        while (left.Count > 0)
        {
            FormatWord[] words =
                [.. FormatWord.WordsFor(left[0].Kind, left[0].Length).OrderByDescending(word => left.Count(word.Reads))];
            (byte Kind, byte Length)[] read = [.. left.Where(words[0].Reads)];
            choices.Add(new FormatChoice(words[0], [.. words.Skip(1).Where(word => read.All(word.Reads))]));
            left.RemoveAll(words[0].Reads);
        }

        return choices;
    }
}
