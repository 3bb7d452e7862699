using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using FluentAssertions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Toa.AspNetCore.Tests.Docs;

/// <summary>The code in the documentation compiles.</summary>
public sealed partial class SnippetTests
{
    // The default usings of projects; web projects have WebUsings in addition.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string WebUsings = """
        global using System.Net.Http.Json;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    // The library may be built for an older framework. The SDK suppresses these warnings, too.
    private static readonly Dictionary<string, ReportDiagnostic> NewerFramework = new()
    {
        ["CS1701"] = ReportDiagnostic.Suppress,
        ["CS1702"] = ReportDiagnostic.Suppress,
    };

    public static TheoryData<string, int> All
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (Page page in Page.All)
            {
                // These pages need packages of other servers. Toa.OtherServers.Tests compiles and runs their snippets.
                if (Path.GetFileName(page.Name) is "other-servers.md" or "socket-servers.md" or "network-libraries.md")
                    continue;
                List<string> snippets = Snippets(page);
                for (int i = 0; i < snippets.Count; i++)
                {
                    // Toa.Testing needs .NET 10.
                    if (Environment.Version.Major >= 10 || !snippets[i].Contains("using Toa.Testing;"))
                        data.Add(page.Name, i);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Compiles(string page, int number)
    {
        string snippet = Snippets(Page.Read(page))[number];
        CSharpParseOptions language = new(LanguageVersion.Latest);
        string usings = snippet.Contains("WebApplication") ? ImplicitUsings + "\n" + WebUsings : ImplicitUsings;
        CSharpCompilation compilation = CSharpCompilation.Create(
            "snippet",
            [CSharpSyntaxTree.ParseText(usings, language), CSharpSyntaxTree.ParseText(snippet, language)],
            References(),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)
                .WithSpecificDiagnosticOptions(NewerFramework));

        compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
            .Should().BeEmpty("this is what {0} says:\n{1}", page, snippet);
    }

    [Fact]
    public void The_README_has_one()
    {
        Snippets(Page.Read("README.md")).Should().NotBeEmpty();
    }

    /// <summary>The C# blocks of a page, also those in lists.</summary>
    private static List<string> Snippets(Page page) =>
        [.. Block().Matches(page.Text).Select(match => Unindent(match.Groups[2].Value, match.Groups[1].Length))];

    private static string Unindent(string text, int by) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length >= by ? line[by..] : line));

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));

    [GeneratedRegex(@"^([ ]*)```csharp\n(.*?)^[ ]*```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
