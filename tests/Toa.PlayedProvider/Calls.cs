namespace Toa.PlayedProvider;

/// <summary>The numbers of the library's system calls.</summary>
/// <param name="Lookups">getsockopt 4096.</param>
/// <param name="Infos">getsockopt 4097.</param>
/// <param name="Names">getpeername.</param>
public readonly record struct Calls(long Lookups, long Infos, long Names)
{
    /// <summary>The calls since an earlier count.</summary>
    public static Calls operator -(Calls later, Calls earlier) =>
        new(later.Lookups - earlier.Lookups, later.Infos - earlier.Infos, later.Names - earlier.Names);

    /// <inheritdoc cref="op_Subtraction"/>
    public static Calls Subtract(Calls later, Calls earlier) => later - earlier;

    /// <summary>All calls together.</summary>
    public long Total => Lookups + Infos + Names;
}
