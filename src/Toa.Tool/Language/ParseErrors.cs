using System.CommandLine.Parsing;

namespace Toa.Tool.Language;

/// <summary>Errors in values of the command line.</summary>
internal static class ParseErrors
{
    public static void Refuse(this SymbolResult value, Message error) => value.AddError(error.ToString());
}
