using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Toa.Tests.Support;
using Toa.Tool.Language;
using Toa.Tool.Output;
using Toa.Tool.Tests.Support;

namespace Toa.Tool.Tests.Language;

/// <summary>The texts that the tool can show in another language.</summary>
internal static class SourceTexts
{
    /// <summary>The formats of messages, with placeholders.</summary>
    public static IReadOnlySet<string> Formats { get; } = new HashSet<string>(Messages());

    /// <summary>The keys of all translations.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(Formats.Concat(HelpTexts()).Concat(HelpHeadings).Where(HasWords));

    // Of System.CommandLine.
    private static string[] HelpHeadings => ["Description:", "Usage:", "Arguments:", "Options:", "Commands:", "[default: "];

    /// <summary>A text such as "{0} {1}" is the same in every language. Punctuation is not.</summary>
    private static bool HasWords(string text) =>
        text.Any(character => !char.IsDigit(character) && !char.IsWhiteSpace(character) && character is not ('{' or '}'));

    /// <summary>The format of each <see cref="Message"/> in the source.</summary>
    private static IEnumerable<string> Messages()
    {
        string source = Repository.PathOf("src");
        IEnumerable<string> files = ((string[])["Toa.Tool", "Shared"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(source, folder), "*.cs", SearchOption.AllDirectories));
        string references = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        CSharpCompilation tool = CSharpCompilation.Create(
            "toa",
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Preview))),
            references.Split(Path.PathSeparator).Where(file => Path.GetFileName(file) != "Toa.Tool.dll")
                .Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true));
        return tool.SyntaxTrees.SelectMany(tree =>
        {
            SemanticModel model = tool.GetSemanticModel(tree);
            return tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(text => IsMessage(model, text)).Select(Format);
        });
    }

    private static bool IsMessage(SemanticModel model, ExpressionSyntax text)
    {
        if (text is not (InterpolatedStringExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression }))
            return false;
        SyntaxNode outer = text;
        while (outer.Parent is ParenthesizedExpressionSyntax parenthesized)
            outer = parenthesized;
        ITypeSymbol? type = outer.Parent is CastExpressionSyntax cast
            ? model.GetTypeInfo(cast.Type).Type
            : model.GetTypeInfo(outer).ConvertedType;
        return type?.ToDisplayString(NullableFlowState.None) == typeof(Message).FullName;
    }

    private static string Format(ExpressionSyntax text)
    {
        int values = 0;
        return string.Concat(Parts(text).Select(part => part switch
        {
            InterpolatedStringTextSyntax literal => Escape(literal.TextToken.ValueText),
            _ => $"{{{values++}}}",
        }));
    }

    private static IEnumerable<InterpolatedStringContentSyntax> Parts(ExpressionSyntax text) => text switch
    {
        BinaryExpressionSyntax sum => Parts(sum.Left).Concat(Parts(sum.Right)),
        ParenthesizedExpressionSyntax inner => Parts(inner.Expression),
        InterpolatedStringExpressionSyntax one => one.Contents,
        _ => throw new ArgumentException($"This is part of a message, but not an interpolated string: {text}"),
    };

    // ValueText has removed one brace of each pair already.
    private static string Escape(string text) =>
        text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    private static List<string> HelpTexts()
    {
        using FakeMachine machine = new();
        return Descriptions(ToaCommand.Create(machine, new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, false, false)));
    }

    private static List<string> Descriptions(Command command) =>
    [
        command.Description ?? "",
        .. command.Arguments.Select(argument => argument.Description ?? ""),
        .. command.Options.Select(option => option.Description ?? ""),
        .. command.Subcommands.SelectMany(Descriptions),
    ];
}
