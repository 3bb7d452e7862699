using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Toa.OtherServers.Tests.Docs;

/// <summary>The guides to other servers show the recipes that are tested here.</summary>
public sealed partial class PageTests
{
    private static readonly string Project = FindProject();

    private static readonly string[] Pages = ["other-servers.md", "socket-servers.md", "network-libraries.md"];

    public static TheoryData<string> Recipes => [.. Files()];

    [Theory, MemberData(nameof(Recipes))]
    public void The_pages_show_each_recipe(string file)
    {
        Snippets().Should().Contain(CodeOf(file), "the pages show {0} without its first lines, down to the namespace", file);
    }

    [Fact]
    public void The_pages_show_no_other_code()
    {
        Snippets().Should().BeSubsetOf(Files().Select(CodeOf));
    }

    [Theory, MemberData(nameof(Recipes))]
    public void Recipes_are_short(string file)
    {
        CodeOf(file).Split('\n').Should().HaveCountLessThan(50);
    }

    private static IEnumerable<string> Files() =>
        Directory.GetFiles(Path.Combine(Project, "Recipes")).Select(path => Path.GetFileName(path)).Order();

    private static string CodeOf(string file)
    {
        string text = File.ReadAllText(Path.Combine(Project, "Recipes", file));
        return FirstLines().Replace(text, "", 1);
    }

    private static List<string> Snippets() =>
        [.. Pages.Select(page => File.ReadAllText(Path.Combine(Project, "../../docs/guides", page)))
            .SelectMany(text => Block().Matches(text)).Select(match => match.Groups[1].Value)];

    private static string FindProject([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, ".."));

    [GeneratedRegex(@"\A.*^namespace [^\n]+;\n\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FirstLines();

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
