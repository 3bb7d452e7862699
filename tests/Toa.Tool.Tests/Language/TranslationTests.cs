using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Resources;
using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using Toa.Tool.Language;
using Xunit;

namespace Toa.Tool.Tests.Language;

/// <summary>Every text of the tool has a translation, and no translation is left over.</summary>
public sealed partial class TranslationTests
{
    private static readonly Dictionary<string, string> Chinese =
        new ResourceManager("Toa.Tool.Language.Chinese", typeof(UserLanguage).Assembly)
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);

    [Fact]
    public void The_source_has_texts()
    {
        SourceTexts.All.Should().Contain("The module is loaded.").And.Contain("{0} is missing.").And.Contain("Show at most N connections");
    }

    [Fact]
    public void Every_text_is_translated()
    {
        SourceTexts.All.Except(Chinese.Keys).Should().BeEmpty();
    }

    [Fact]
    public void Every_translation_is_that_of_a_text()
    {
        Chinese.Keys.Except(SourceTexts.All).Should().BeEmpty();
    }

    [Fact]
    public void A_translation_shows_the_same_values()
    {
        foreach ((string english, string chinese) in Chinese)
            Values(chinese).Should().BeEquivalentTo(Values(english), "these are those of '{0}'", english.Replace("{", "{{").Replace("}", "}}"));
    }

    [Fact]
    public void A_translation_can_be_formatted()
    {
        foreach (string english in SourceTexts.Formats.Where(Chinese.ContainsKey))
            CompositeFormat.Parse(Chinese[english]).MinimumArgumentCount
                .Should().Be(CompositeFormat.Parse(english).MinimumArgumentCount, "this is needed for '{0}'", english);
    }

    [Fact]
    public void Punctuation_is_Chinese()
    {
        Chinese.Values.Where(text => BadPunctuation().IsMatch(text)).Should().BeEmpty();
    }

    [Fact]
    public void Commands_settings_files_and_findings_keep_their_names()
    {
        foreach ((string english, string chinese) in Chinese)
            Names().Matches(english).Select(match => match.Value).Where(name => !chinese.Contains(name)).Should().BeEmpty();
    }

    private static IEnumerable<string> Values(string text) => Value().Matches(text).Select(match => match.Value).Distinct();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Value();

    // ASCII punctuation next to a Chinese character, and a space behind full-width punctuation.
    [GeneratedRegex(@"[\u4e00-\u9fff][,;:!?]|[,;!?][\u4e00-\u9fff]|[。，；：、）] \S")]
    private static partial Regex BadPunctuation();

    // Paths, options, settings with an underscore, identifiers of findings, constants of the kernel.
    [GeneratedRegex(@"(?<![\w/])/[\w./-]+\w|--[a-z][\w-]+|[a-z0-9]+(_[a-z0-9]+)+|TOA\d{3}|[A-Z]+(_[A-Z]+)+")]
    private static partial Regex Names();
}
