namespace Toa.Tool;

/// <summary>What scripts go by. The help of every command tells them.</summary>
internal static class ExitCode
{
    public const int Fine = 0;

    /// <summary>Something is wrong, or is not possible here.</summary>
    public const int Trouble = 1;

    public const int WrongCommandLine = 2;
}
