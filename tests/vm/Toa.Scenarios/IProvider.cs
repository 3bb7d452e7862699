using Toa.Diagnostics;

namespace Toa.Scenarios;

/// <summary>Whoever reads the options in the kernel: the module, or the eBPF programs.</summary>
internal interface IProvider
{
    /// <summary>What the library calls it.</summary>
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

    /// <summary>What shows both to a user of a shell, the connections first.</summary>
    string ShellCommand { get; }

    /// <summary>What it says of one of its settings, without the line's end.</summary>
    string ReadSetting(string name);

    void WriteSetting(string name, string value);

    /// <summary>What it says of a setting that it refuses; null if it takes it.</summary>
    string? Refusal(string name, string value);

    /// <summary>Whether it sees that a program has passed no buffer at all.</summary>
    bool SeesNullPointers { get; }

    /// <summary>What programs see of an errno of its getsockopt.</summary>
    int Errno(int errno);
}
