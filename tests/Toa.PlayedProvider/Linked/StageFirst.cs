using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Toa.PlayedProvider;

/// <summary>
/// Compiled into assemblies of tests: the library binds its calls at the first of them, whichever test makes it, and tests come in
/// any order.
/// </summary>
internal static class StageFirst
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Only the test program can set the stage before its first test.")]
    internal static void Set() => RuntimeHelpers.RunClassConstructor(typeof(Stage).TypeHandle);
}
