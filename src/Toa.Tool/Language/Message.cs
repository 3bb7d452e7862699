using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Toa.Tool.Language;

/// <summary>
/// A text for users: English in the code, and translated when it is shown. It is made from an interpolated string, also where
/// nothing is inserted: <c>Message message = $"The module is loaded.";</c>. There is no conversion from a string, because a
/// string whose values are already inserted has no translation.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Message
{
    private readonly StringBuilder _english;

    private readonly List<object?> _values;

    public Message(int literalLength, int formattedCount)
    {
        _english = new StringBuilder(literalLength + (formattedCount * "{0}".Length));
        _values = new List<object?>(formattedCount);
    }

    /// <summary>The English text as a composite format, which is the key of its translations: <c>{0} is missing.</c></summary>
    public string Format => _english.ToString();

    /// <summary>Whether there is no text at all.</summary>
    public bool IsEmpty => _english.Length == 0;

    public void AppendLiteral(string text) =>
        _english.Append(text.Replace("{", "{{", System.StringComparison.Ordinal).Replace("}", "}}", System.StringComparison.Ordinal));

    public void AppendFormatted<T>(T value)
    {
        _english.Append(CultureInfo.InvariantCulture, $"{{{_values.Count}}}");
        _values.Add(value);
    }

    /// <summary>The text in the language of the running command.</summary>
    public override string ToString()
    {
        UserLanguage language = UserLanguage.Current;
        return language.Typeset(string.Format(CultureInfo.InvariantCulture, language.Translate(Format), [.. _values]));
    }
}
