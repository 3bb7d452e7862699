using Toa.Diagnostics;

namespace Toa.Scenarios;

/// <summary>A provider, which reads the options in the kernel: the module, or the eBPF programs.</summary>
internal interface IProvider
{
    /// <summary>The kind that the library reports.</summary>
    ToaProviderKind Kind { get; }

    bool Loaded { get; }

    void Load(params string[] settings);

    bool TryLoad(params string[] settings);

    void Unload();

    /// <summary>The counters that a process sees.</summary>
    /// <param name="process">Its name under /proc: self, or <see cref="NetworkNamespace.OfThread"/>.</param>
    string ReadStats(string process);

    /// <summary>The connections that a process sees.</summary>
    /// <param name="process">Its name under /proc: self, or <see cref="NetworkNamespace.OfThread"/>.</param>
    string ReadTable(string process);

    /// <summary>A shell command that shows both, the connections first.</summary>
    string ShellCommand { get; }

    /// <summary>Reads a setting, without the line's end.</summary>
    string ReadSetting(string name);

    void WriteSetting(string name, string value);

    /// <summary>Writes a setting. Returns the error message if it is refused, or null.</summary>
    string? Refusal(string name, string value);

    /// <summary>Whether it detects that a program has passed no buffer.</summary>
    bool SeesNullPointers { get; }

    /// <summary>The errno that programs see if its getsockopt fails with this one.</summary>
    int Errno(int errno);
}
