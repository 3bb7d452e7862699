namespace Toa.Diagnostics;

/// <summary>Who reads TOA options in this machine's kernel.</summary>
public enum ToaProviderKind
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>The kernel module of this project.</summary>
    ToaModule,

    /// <summary>The eBPF provider of this project.</summary>
    ToaEbpf,

    /// <summary>Another TOA module.</summary>
    OtherModule,

    /// <summary>
    /// The module <c>toa</c> that TencentOS ships with its kernels. It answers no socket option: it names IPv4 clients only, through
    /// <c>getpeername</c>. Its versions without the parameter <c>disable_getpeername</c> name no client on kernels from 4.17 on.
    /// </summary>
    TencentOS,

    /// <summary>Somebody who answers as a provider does, but is not to be seen.</summary>
    Unknown,
}
