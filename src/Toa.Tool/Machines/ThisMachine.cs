using System;

namespace Toa.Tool.Machines;

/// <summary>The machine that the tool runs on.</summary>
internal sealed class ThisMachine : IMachine
{
    public string Root => "/";

    public TimeProvider Clock => TimeProvider.System;

    public bool IsPrivileged => Environment.IsPrivilegedProcess;
}
