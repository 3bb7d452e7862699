using System;
using System.IO;

namespace Toa.Scenarios;

/// <summary>A sysctl, until disposal.</summary>
internal sealed class Setting : IDisposable
{
    private readonly string _path;
    private readonly string _old;

    public Setting(string name, string value)
    {
        _path = "/proc/sys/" + name;
        _old = File.ReadAllText(_path);
        File.WriteAllText(_path, value);
    }

    public void Dispose() => File.WriteAllText(_path, _old);
}
