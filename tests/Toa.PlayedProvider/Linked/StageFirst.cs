using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Toa.PlayedProvider;

/// <summary>
/// Compiled into test assemblies. The library binds its system calls at the first call. Any test can be the first one, so the
/// simulated provider must be set up before all tests.
/// </summary>
internal static class StageFirst
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Only the test program can set the stage before its first test.")]
    internal static void Set() => RuntimeHelpers.RunClassConstructor(typeof(Stage).TypeHandle);
}
