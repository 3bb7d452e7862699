using System.Reflection;
using System.Runtime.Versioning;
using FluentAssertions;
using Xunit;

namespace Toa.Tests;

public sealed class BuildTests
{
    [Fact]
    public void The_library_under_test_is_the_netstandard_build()
    {
        typeof(SocketExtensions).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName
            .Should().Be(".NETStandard,Version=v2.0");
    }
}
