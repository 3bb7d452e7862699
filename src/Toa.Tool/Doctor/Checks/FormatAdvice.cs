using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Capture;
using Toa.Tool.Formats;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>The values of the setting <c>formats</c> that read the captured options.</summary>
internal static class FormatAdvice
{
    /// <summary>How to make the provider read further options.</summary>
    public static Message ToRead(Examination examination, IEnumerable<Sighting> sightings)
    {
        IReadOnlyList<FormatChoice> choices = FormatChoice.For(KindsOf(sightings));
        return WithOthers(ToAdd(examination, WordsOf(choices)), choices);
    }

    /// <summary>The words of the present setting that remain in it, and that read none of the captured options.</summary>
    public static IEnumerable<string> NotSeen(Examination examination, IEnumerable<Sighting> sightings)
    {
        FormatSetting present = examination.Formats ?? FormatSetting.Default;
        return present.Words.Where(word => !KindsOf(examination.Window.Capture!.Options).Any(word.Reads)).Select(word => word.Text)
            .Except(present.CollisionsWith(WordsOf(FormatChoice.For(KindsOf(sightings)))));
    }

    /// <summary>The option for a command that loads a provider; empty if the default reads all known options that were captured.</summary>
    public static string ForLoad(Examination examination)
    {
        (IReadOnlyList<string> words, _) = WordsForLoad(examination);
        return words.Count == 0 ? "" : $" --formats {string.Join(',', words)}";
    }

    /// <summary>How to load a provider that reads all known options that were captured; null if the default reads them.</summary>
    public static Message? ToLoad(Examination examination)
    {
        (IReadOnlyList<string> words, IReadOnlyList<FormatChoice> choices) = WordsForLoad(examination);
        return words.Count == 0
            ? null
            : (Message)$"{WithOthers($"Load a provider with --formats {string.Join(',', words)}", choices)}. See {ProviderCheck.None.Id}.";
    }

    private static (IReadOnlyList<string> Words, IReadOnlyList<FormatChoice> Choices) WordsForLoad(Examination examination)
    {
        IEnumerable<Sighting> clients = (examination.Window.Capture?.Options ?? [])
            .Where(sighting => sighting.Option is { IsKnown: true, IsCompanion: false });
        ILookup<bool, (byte Kind, byte Length)> isDefault = KindsOf(clients)
            .ToLookup(option => FormatSetting.Default.FormatOf(option.Kind, option.Length) is not null);
        if (!isDefault[false].Any())
            return ([], []);
        IReadOnlyList<FormatChoice> choices = FormatChoice.For(isDefault[false]);
        IEnumerable<FormatWord> first = isDefault[true].Any() ? FormatSetting.Default.Words : [];
        return ([.. first.Concat(WordsOf(choices)).Select(word => word.Text)], choices);
    }

    private static FormatWord[] WordsOf(IEnumerable<FormatChoice> choices) => [.. choices.Select(choice => choice.Word)];

    private static IEnumerable<(byte Kind, byte Length)> KindsOf(IEnumerable<Sighting> sightings) =>
        sightings.Select(sighting => (sighting.Option.Kind, sighting.Option.Length)).Distinct();

    private static Message ToAdd(Examination examination, IReadOnlyList<FormatWord> words)
    {
        string added = string.Join(',', words.Select(word => word.Text));
        bool isOurs = examination.IsOurModule || examination.Provider.Kind is ToaProviderKind.ToaModule or ToaProviderKind.ToaEbpf;
        if (isOurs && examination.Formats is null)
            return $"add {added} to formats";
        FormatSetting present = examination.Formats ?? FormatSetting.Default;
        string value = present.With(words).Text;
        if (!examination.ShowsSettings)
            return $"formats={value} in this project's provider";
        Message command = $"{examination.HowToSet(FormatSetting.Name, value)}";
        string[] removed = [.. present.CollisionsWith(words)];
        return removed.Length > 0
            ? $"{command} (without {string.Join(", ", removed)}, which cannot be set together with {added})"
            : command;
    }

    private static Message WithOthers(Message command, IReadOnlyList<FormatChoice> choices)
    {
        Message[] others =
        [
            .. choices.Where(choice => choice.Others.Count > 0).Select(choice => (Message)
                $"instead of {choice.Word.Text}: {string.Join(", ", choice.Others.Select(word => word.Text))}"),
        ];
        return others.Length > 0 ? $"{command} (or {string.Join("; ", others.AsEnumerable())})" : command;
    }
}
