using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Doctor;
using Toa.Tool.Language;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>docs/operate/doctor.md has a section for each finding, and no others.</summary>
public sealed partial class DocsTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/operate/doctor.md"));

    private static readonly string ChinesePage = File.ReadAllText(Repository.PathOf("docs/zh-CN/operate/doctor.md"));

    [Fact]
    public void Every_finding_has_its_place_in_the_order_of_the_ids()
    {
        Headings().Matches(Page).Select(match => match.Groups[1].Value).Should().Equal(Kinds().Select(kind => kind.Id).Order());
    }

    [Fact]
    public void The_page_says_title_and_severity_as_the_tool_does()
    {
        foreach (FindingKind kind in Kinds())
        {
            string place = Page[Page.IndexOf($"### {kind.Id}\n", System.StringComparison.Ordinal)..].Replace('\n', ' ');
            place.Should().StartWith($"### {kind.Id}  **{kind.Title}** ({kind.Severity.ToString().ToLowerInvariant()}). ");
        }
    }

    [Fact]
    public void The_Chinese_page_says_the_title_in_both_languages()
    {
        foreach (FindingKind kind in Kinds())
        {
            string place = ChinesePage[ChinesePage.IndexOf($"### {kind.Id}\n", System.StringComparison.Ordinal)..];
            string chinese = InChinese(kind.Title);
            place.Should().StartWith($"### {kind.Id}\n\n**{chinese}**（{kind.Title}；{kind.Severity.ToString().ToLowerInvariant()}）");
        }
    }

    [Fact]
    public void In_Chinese_a_link_leads_to_the_Chinese_page()
    {
        Kinds().Should().OnlyContain(kind => InChinese(kind.Docs) == $"docs/zh-CN/operate/doctor.md#{kind.Id.ToLowerInvariant()}");
    }

    [Fact]
    public void Every_link_of_a_finding_leads_to_its_heading()
    {
        Kinds().Should().OnlyContain(kind => kind.Docs.ToString() == $"docs/operate/doctor.md#{kind.Id.ToLowerInvariant()}");
    }

    private static string InChinese(Message message)
    {
        UserLanguage.Current = UserLanguage.Chinese;
        try
        {
            return message.ToString();
        }
        finally
        {
            UserLanguage.Current = UserLanguage.English;
        }
    }

    private static IEnumerable<FindingKind> Kinds() =>
        typeof(FindingKind).Assembly.GetTypes()
            .SelectMany(type => type.GetMembers(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(member => member switch
            {
                FieldInfo field when field.FieldType == typeof(FindingKind) => (FindingKind?)field.GetValue(null),
                PropertyInfo property when property.PropertyType == typeof(FindingKind) => (FindingKind?)property.GetValue(null),
                _ => null,
            })
            .OfType<FindingKind>();

    [GeneratedRegex("^### (.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
