using System;
using System.Reflection;
using System.Runtime.Versioning;
using FluentAssertions;
using Xunit;

namespace Toa.Tests;

public sealed class RuntimeTests
{
    [Fact]
    public void The_library_under_test_runs_on_the_runtime_that_it_was_built_for()
    {
        TargetFrameworkAttribute built = typeof(SocketExtensions).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!;

        built.FrameworkName.Should().Be($".NETCoreApp,Version=v{Environment.Version.Major}.0");
    }
}
