using System;
using System.IO;
using Toa.Internal;

namespace Toa.Tests.Support;

/// <summary>A machine that consists of files in its own folder.</summary>
internal sealed class FakeHost : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("toa-host-").FullName;

    public HostFiles Files => new(_root);

    public FakeHost Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
