using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;

namespace Toa.Tool.Tests.Doctor;

/// <summary>The output of <c>toa doctor --json</c>.</summary>
internal sealed class Diagnosis(Run run)
{
    public int ExitCode => run.ExitCode;

    public JsonElement Json { get; } = run.Json;

    public IReadOnlyList<string> Ids => [.. Findings.Select(finding => Text(finding, "id"))];

    public IReadOnlyList<string> Titles => [.. Findings.Select(finding => Text(finding, "title"))];

    private IEnumerable<JsonElement> Findings => Json.GetProperty("findings").EnumerateArray();

    public static async Task<Diagnosis> OfAsync(IMachine machine, params string[] arguments) =>
        new(await Run.ToaAsync(machine, ["doctor", "--json", .. arguments]));

    /// <summary>The observation and the advice of a finding, which must be present exactly once.</summary>
    public (string Seen, string Next) this[string id]
    {
        get
        {
            JsonElement finding = Findings.Where(finding => Text(finding, "id") == id)
                .Should().ContainSingle("{0} is to be among {1}", id, string.Join(", ", Ids)).Subject;
            return (Text(finding, "seen"), Text(finding, "next"));
        }
    }

    /// <summary>The observations and the advice of all findings with this ID.</summary>
    public IEnumerable<(string Seen, string Next)> All(string id) =>
        Findings.Where(finding => Text(finding, "id") == id).Select(finding => (Text(finding, "seen"), Text(finding, "next")));

    /// <summary>Expects that these findings are the only ones with an ID that begins with the prefix, and returns the last one.</summary>
    public (string Seen, string Next) Only(string prefix, params string[] ids)
    {
        Ids.Where(other => other.StartsWith(prefix)).Should().Equal(ids);
        return this[ids[^1]];
    }

    private static string Text(JsonElement finding, string name) => finding.GetProperty(name).GetString()!;
}
