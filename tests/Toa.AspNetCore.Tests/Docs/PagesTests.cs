using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace Toa.AspNetCore.Tests.Docs;

/// <summary>The links, the index and the translations of the documentation.</summary>
public sealed partial class PagesTests
{
    private const string Index = "docs/README.md", ChineseIndex = "docs/zh-CN/README.md", Chinese = "docs/zh-CN/";

    private const int LongestPage = 250, LongestReadme = 120;

    public static TheoryData<string> Names => [.. Page.All.Select(page => page.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Links_lead_to_files_and_headings(string name)
    {
        IEnumerable<string> broken = Page.Read(name).Links.Where(link => !link.Contains("://") && !Leads(link));

        broken.Should().BeEmpty();
    }

    [Theory, MemberData(nameof(Names))]
    public void Pages_are_short(string name)
    {
        int longest = name.EndsWith("operate/doctor.md") ? int.MaxValue : name.StartsWith("README") ? LongestReadme : LongestPage;

        Page.Read(name).Lines.Should().BeLessThanOrEqualTo(longest);
    }

    [Fact]
    public void Pages_are_in_the_index_of_their_language()
    {
        HashSet<string> listed = [.. Page.Read(Index).Links, .. Page.Exists(ChineseIndex) ? Page.Read(ChineseIndex).Links : []];

        Page.All.Select(page => page.Name).Where(name => name.StartsWith("docs/")).Except([Index, ChineseIndex])
            .Should().BeSubsetOf(listed);
    }

    [Fact]
    public void Pages_say_what_to_read_next()
    {
        Page.All.Where(page => page.Name.StartsWith("docs/") && !page.Name.EndsWith("README.md") && !page.Name.Contains("contributing/"))
            .Where(page => !LastHeading().Match(page.Text).Groups[1].Value.StartsWith(page.Name.StartsWith(Chinese) ? "下一步" : "Next"))
            .Select(page => page.Name).Should().BeEmpty();
    }

    /// <summary>The first line of a Chinese page has the version of the English page from which it was translated.</summary>
    [Fact]
    public void Chinese_pages_are_as_new_as_the_English_ones()
    {
        Page.All.Where(page => IsChinese(page.Name)).Select(page =>
        {
            Page english = Page.Read(English(page.Name));
            string mark = $"<!-- {english.Name} {english.Version} -->";
            return page.Text.StartsWith(mark + "\n") ? null
                : $"{page.Name} is older than {english.Name}. Translate what has changed, then make its first line {mark}";
        }).Should().AllSatisfy(problem => problem.Should().BeNull());
    }

    private static bool Leads(string link)
    {
        string[] parts = link.Split('#');
        return Page.Exists(parts[0])
            && (parts.Length == 1 || !parts[0].EndsWith(".md") || Page.Read(parts[0]).Anchors.Contains(parts[1]));
    }

    private static bool IsChinese(string name) => name == "README.zh-CN.md" || name.StartsWith(Chinese);

    private static string English(string name) =>
        name == "README.zh-CN.md" ? "README.md" : Path.Combine("docs", name[Chinese.Length..]);

    [GeneratedRegex(@"^## (?!.*^## )(.*)$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex LastHeading();
}
