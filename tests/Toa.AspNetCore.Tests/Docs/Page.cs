using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Toa.Tests.Support;

namespace Toa.AspNetCore.Tests.Docs;

/// <summary>A page of the documentation.</summary>
/// <param name="Name">Its path in the repository.</param>
/// <param name="Text">Its Markdown.</param>
internal sealed partial record Page(string Name, string Text)
{
    public static IReadOnlyList<Page> All { get; } =
    [
        .. Directory.GetFiles(Repository.Root, "README*.md")
            .Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Select(file => Read(Path.GetRelativePath(Repository.Root, file))),
    ];

    public static Page Read(string name) => new(name, File.ReadAllText(Repository.PathOf(name)));

    public static bool Exists(string name) => Path.Exists(Repository.PathOf(name));

    /// <summary>The targets of the links outside of code: paths in the repository with their fragments, or URLs.</summary>
    public IEnumerable<string> Links => Link().Matches(InlineCode().Replace(Prose, "")).Select(match => match.Groups[1].Value)
        .Select(link => link.Contains("://") ? link
            : link.StartsWith('#') ? Name + link
            : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(Name)!, link)));

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public IReadOnlyList<string> Anchors =>
    [
        .. Heading().Matches(Prose).Select(match => match.Groups[1].Value.Trim().ToLowerInvariant())
            .Select(heading => NoAnchor().Replace(heading, "").Replace(' ', '-')),
    ];

    private string Prose => CodeBlock().Replace(Text, "");

    public int Lines => Text.Count(character => character == '\n');

    /// <summary>A hash of the text.</summary>
    public string Version => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..12].ToLowerInvariant();

    [GeneratedRegex(@"^([ ]*)```.*?^[ ]*```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?:\]\(|src="")([^)""\s]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
