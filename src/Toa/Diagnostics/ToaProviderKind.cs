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

    /// <summary>TencentOS's kernel itself.</summary>
    TencentOS,

    /// <summary>Somebody who answers as a provider does, but is not to be seen.</summary>
    Unknown,
}
