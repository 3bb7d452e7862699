using System;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>A file in /etc that <c>toa provider install</c> writes. A vendor's package may have a file with the same name.</summary>
/// <param name="Path">The file.</param>
/// <param name="Template">The name of its text, which is embedded in the tool.</param>
internal sealed record ModuleSettings(string Path, string Template)
{
    /// <summary>Loads the module at boot.</summary>
    public static readonly ModuleSettings LoadAtStart = new("/etc/modules-load.d/toa.conf", "packaging/modules-load.d/toa.conf");

    /// <summary>The module's parameters for each load.</summary>
    public static readonly ModuleSettings Options = new("/etc/modprobe.d/toa.conf", "packaging/modprobe.d/toa.conf");

    public string Text => ModuleSource.Read(Template);

    private string Header => Text.Split('\n')[0];

    /// <summary>Whether the file exists and begins with the header of this project's file.</summary>
    /// <exception cref="CannotLookException">This process is not allowed to read it.</exception>
    public bool IsOwn(IMachine machine) => machine.ReadText(Path)?.StartsWith(Header, StringComparison.Ordinal) == true;

    /// <summary>Whether the file exists and is another vendor's, or an administrator's.</summary>
    /// <exception cref="CannotLookException">This process is not allowed to read it.</exception>
    public bool IsForeign(IMachine machine) => machine.Exists(Path) && !IsOwn(machine);

    /// <exception cref="ToolException">The file is another vendor's.</exception>
    public void RefuseForeign(IMachine machine)
    {
        if (IsForeign(machine))
            throw new ToolException(
                $"{Path} is another vendor's: its first line is not that of this project's file. Remove it the way its vendor documents. "
                + $"If you wrote the file, insert this first line: {Header}");
    }
}
