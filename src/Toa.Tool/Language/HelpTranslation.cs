using System.CommandLine;

namespace Toa.Tool.Language;

/// <summary>Translates the help texts of commands.</summary>
internal static class HelpTranslation
{
    /// <summary>Translates the descriptions of a command and of everything below it.</summary>
    public static void Apply(Command command)
    {
        Translate(command);
        foreach (Argument argument in command.Arguments)
            Translate(argument);
        foreach (Option option in command.Options)
            Translate(option);
        foreach (Command below in command.Subcommands)
            Apply(below);
    }

    private static void Translate(Symbol symbol)
    {
        if (symbol.Description is { } english)
            symbol.Description = UserLanguage.Current.Translate(english);
    }
}
