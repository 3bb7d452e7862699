namespace Toa.Tool;

/// <summary>The exit codes, for scripts. The help of each command shows them.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>There is an error, or the command is not possible on this machine.</summary>
    public const int Trouble = 1;

    public const int WrongCommandLine = 2;
}
