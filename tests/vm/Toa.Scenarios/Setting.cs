using System;
using System.IO;

namespace Toa.Scenarios;

/// <summary>A sysctl or a parameter of the module, until disposal.</summary>
internal sealed class Setting : IDisposable
{
    private readonly string _path;
    private readonly string _old;

    private Setting(string path, string value)
    {
        _path = path;
        _old = File.ReadAllText(_path);
        File.WriteAllText(_path, value);
    }

    public static Setting Sysctl(string name, string value) => new("/proc/sys/" + name, value);

    public static Setting Module(string name, string value) => new(ModulePath(name), value);

    /// <summary>What the module says of one of its parameters, without the line's end.</summary>
    public static string ReadModule(string name) => File.ReadAllText(ModulePath(name)).TrimEnd('\n');

    private static string ModulePath(string name) => "/sys/module/toa/parameters/" + name;

    public void Dispose() => File.WriteAllText(_path, _old);
}
