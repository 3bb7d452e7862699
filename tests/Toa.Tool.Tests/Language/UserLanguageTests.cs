using System.Collections.Generic;
using FluentAssertions;
using Toa.Tool.Language;
using Xunit;

namespace Toa.Tool.Tests.Language;

/// <summary>The environment selects the language as for programs in C: LC_ALL before LC_MESSAGES before LANG.</summary>
public sealed class UserLanguageTests
{
    [Theory]
    [InlineData("LANG=zh_CN.UTF-8")]
    [InlineData("LANG=zh_CN.utf8")]
    [InlineData("LANG=zh_SG.UTF-8")]
    [InlineData("LANG=zh.UTF-8@pinyin")]
    [InlineData("LC_MESSAGES=zh_CN.UTF-8 LANG=en_US.UTF-8")]
    [InlineData("LC_ALL=zh_CN.UTF-8 LC_MESSAGES=C LANG=C")]
    [InlineData("LC_ALL= LANG=zh_CN.UTF-8")]
    public void These_are_Chinese(string environment)
    {
        Find(environment).Should().BeSameAs(UserLanguage.Chinese);
    }

    [Theory]
    [InlineData("")]
    [InlineData("LANG=")]
    [InlineData("LANG=C")]
    [InlineData("LANG=C.UTF-8")]
    [InlineData("LANG=de_DE.UTF-8")]
    [InlineData("LANG=zh_TW.UTF-8")]
    [InlineData("LANG=zh_CN")]
    [InlineData("LANG=zh_CN.GB18030")]
    [InlineData("LANG=zh_CN.UTF-8 LC_ALL=C")]
    [InlineData("LANG=zh_CN.UTF-8 LC_MESSAGES=en_US.UTF-8")]
    [InlineData("LANG=..zh_CN@@")]
    public void The_others_are_English(string environment)
    {
        Find(environment).Should().BeSameAs(UserLanguage.English);
    }

    private static UserLanguage Find(string environment)
    {
        Dictionary<string, string> variables = [];
        foreach (string variable in environment.Split(' ', System.StringSplitOptions.RemoveEmptyEntries))
            variables.Add(variable.Split('=')[0], variable.Split('=')[1]);
        return UserLanguage.From(variables.GetValueOrDefault);
    }
}
