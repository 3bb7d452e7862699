using System.Collections.Generic;

namespace Toa.Tool.Watching;

/// <summary>The provider that <c>toa provider watch</c> keeps loaded.</summary>
/// <param name="Kind">The kind: module or ebpf.</param>
/// <param name="OrEbpf">Whether the eBPF provider may take the place of the module.</param>
/// <param name="ModuleSettings">The settings of the module, as NAME=VALUE.</param>
/// <param name="EbpfSettings">The settings of the eBPF provider, as NAME=VALUE.</param>
internal sealed record WantedProvider(
    string Kind, bool OrEbpf, IReadOnlyList<string> ModuleSettings, IReadOnlyList<string> EbpfSettings);
