using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Toa.Tests.Support;

namespace Toa.Tests.Abi;

/// <summary>Evaluates constant expressions with the C compiler.</summary>
internal static class CCompiler
{
    public static Dictionary<string, int> Evaluate(IEnumerable<string> headers, IEnumerable<string> expressions) =>
        Run(headers, string.Join('\n', expressions.Select(e => $"printf(\"%s\\t%ld\\n\", {Quote(e)}, (long)({e}));")))
            .Select(line => line.Split('\t'))
            .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));

    /// <summary>Runs statements of C, and returns the lines that they print.</summary>
    public static string[] Run(IEnumerable<string> headers, string statements)
    {
        string directory = Directory.CreateTempSubdirectory("toa-abi-").FullName;
        try
        {
            string source = Path.Combine(directory, "numbers.c");
            string program = Path.Combine(directory, "numbers");
            File.WriteAllText(source, Source(headers, statements));

            string include = $"-I{BuildInformation.Get("NativeHeaders")}";
            Run("cc", "-Wall", "-Wextra", "-Werror", include, "-o", program, source);
            return Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A string literal of C.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string Source(IEnumerable<string> headers, string statements) => $$"""
        {{string.Join('\n', headers.Select(header => $"#include <{header}>"))}}
        #include <stddef.h>
        #include <stdio.h>

        int main(void)
        {
            {
        {{statements}}
            }
            return 0;
        }
        """;

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Deadline.Time))
        {
            process.Kill();
            throw new TimeoutException($"{program} does not end.");
        }
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {errors.Result}");
    }
}
