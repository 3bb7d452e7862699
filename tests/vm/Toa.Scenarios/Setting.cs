using System;
using System.IO;

namespace Toa.Scenarios;

/// <summary>Sets a sysctl or a setting of the provider, and restores it on disposal.</summary>
internal sealed class Setting : IDisposable
{
    private readonly Action _restore;

    private Setting(string old, string value, Action<string> write)
    {
        _restore = () => write(old);
        write(value);
    }

    public static Setting Sysctl(string name, string value)
    {
        string path = "/proc/sys/" + name;
        return new(File.ReadAllText(path), value, text => File.WriteAllText(path, text));
    }

    public static Setting Provider(string name, string value) => new(Read(name), value, text => Write(name, text));

    /// <summary>Reads a setting of the provider.</summary>
    public static string Read(string name) => Scenarios.Provider.Current.ReadSetting(name);

    public static void Write(string name, string value) => Scenarios.Provider.Current.WriteSetting(name, value);

    public void Dispose() => _restore();
}
