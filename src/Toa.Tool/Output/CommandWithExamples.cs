using System.Collections.Generic;
using System.CommandLine;

namespace Toa.Tool.Output;

/// <summary>A command whose help shows examples.</summary>
internal sealed class CommandWithExamples(string name, string description, IReadOnlyList<string> examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}
