using System;
using System.Globalization;
using System.Linq;
using System.Resources;
using System.Text.RegularExpressions;
using System.Threading;

namespace Toa.Tool.Language;

/// <summary>A language of the tool.</summary>
/// <remarks>
/// The translations are in the program itself. Satellite assemblies would need cultures, which a program without globalization
/// data does not have, and a native file does not find those of zh-Hans.
/// </remarks>
internal sealed partial class UserLanguage
{
    public static readonly UserLanguage English = new(null);

    /// <summary>Simplified Chinese.</summary>
    public static readonly UserLanguage Chinese = new(new ResourceManager("Toa.Tool.Language.Chinese", typeof(UserLanguage).Assembly));

    private static readonly string[] Variables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    private static readonly string[] ChineseLocales = ["zh", "zh_CN", "zh_SG"];

    private static readonly AsyncLocal<UserLanguage?> OfThisCommand = new();

    private readonly ResourceManager? _translations;

    private UserLanguage(ResourceManager? translations) => _translations = translations;

    /// <summary>The language of the running command.</summary>
    public static UserLanguage Current
    {
        get => OfThisCommand.Value ?? English;
        set => OfThisCommand.Value = value;
    }

    /// <summary>The language that the environment selects, with the variables of the C library: Chinese for zh_CN.UTF-8.</summary>
    /// <remarks>
    /// The output is UTF-8, so a terminal with another character set, such as GB18030, gets English. LANGUAGE of GNU gettext is
    /// not read.
    /// </remarks>
    public static UserLanguage From(Func<string, string?> variable)
    {
        string locale = Variables.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        string[] parts = locale.Split('@')[0].Split('.');
        return parts is [var name, var characters] && ChineseLocales.Contains(name)
            && characters.Replace("-", "", StringComparison.Ordinal).Equals("utf8", StringComparison.OrdinalIgnoreCase)
            ? Chinese
            : English;
    }

    /// <summary>In Chinese, removes the spaces behind full-width punctuation: code joins sentences and lists with spaces.</summary>
    public string Typeset(string text) => _translations is null ? text : SpaceAfterFullWidth().Replace(text, "");

    /// <summary>Translates a text.</summary>
    /// <param name="english">The text; with placeholders, it is that of <see cref="Message.Format"/>.</param>
    /// <returns>The translation, or the English text if it has no translation.</returns>
    public string Translate(string english) => _translations?.GetString(english, CultureInfo.InvariantCulture) ?? english;

    [GeneratedRegex(@"(?<=[。，；：、）]) ")]
    private static partial Regex SpaceAfterFullWidth();
}
