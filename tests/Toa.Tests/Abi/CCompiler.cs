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
    public static Dictionary<string, int> Evaluate(IEnumerable<string> headers, IEnumerable<string> expressions)
    {
        string directory = Directory.CreateTempSubdirectory("toa-abi-").FullName;
        try
        {
            string source = Path.Combine(directory, "numbers.c");
            string program = Path.Combine(directory, "numbers");
            File.WriteAllText(source, Source(headers, expressions));

            string include = $"-I{BuildInformation.Get("NativeHeaders")}";
            Run("cc", "-Wall", "-Wextra", "-Werror", include, "-o", program, source);
            return Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Source(IEnumerable<string> headers, IEnumerable<string> expressions) => $$"""
        {{string.Join('\n', headers.Select(header => $"#include <{header}>"))}}
        #include <stddef.h>
        #include <stdio.h>

        int main(void)
        {
        {{string.Join('\n', expressions.Select(e => $"printf(\"%s\\t%ld\\n\", \"{e}\", (long)({e}));"))}}
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
