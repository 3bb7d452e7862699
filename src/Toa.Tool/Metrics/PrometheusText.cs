using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Toa.Tool.Metrics;

/// <summary>Writes metrics in the text format of Prometheus, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Adds a metric with its samples. Without samples it adds nothing: a missing series is not a zero.</summary>
    /// <param name="name">The name, without the prefix <c>toa_</c>.</param>
    /// <param name="type"><c>counter</c> or <c>gauge</c>.</param>
    /// <param name="help">One line without backslashes.</param>
    /// <param name="samples">The values, with their labels.</param>
    public void Add(string name, string type, string help, params IReadOnlyCollection<Sample> samples)
    {
        if (samples.Count == 0)
            return;
        _text.Append(CultureInfo.InvariantCulture, $"# HELP toa_{name} {help}\n# TYPE toa_{name} {type}\n");
        foreach (Sample sample in samples)
            _text.Append(CultureInfo.InvariantCulture, $"toa_{name}{sample.LabelText} {sample.Value}\n");
    }

    public override string ToString() => _text.ToString();

    /// <summary>A value with its labels.</summary>
    internal sealed record Sample(decimal Value, params IReadOnlyList<(string Name, string Value)> Labels)
    {
        public string LabelText => Labels is []
            ? ""
            : $"{{{string.Join(',', Labels.Select(label => $"{label.Name}=\"{Escape(label.Value)}\""))}}}";

        private static string Escape(string value) =>
            value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
    }
}
