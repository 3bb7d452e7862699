using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml;
using System.Xml.Linq;

namespace Toa.Tool.Doctor;

/// <summary>Findings in the form of JUnit's XML, which CI systems show.</summary>
internal static class JUnitReport
{
    /// <exception cref="ToolException">The file cannot be written.</exception>
    public static void Write(FileInfo file, IReadOnlyList<Finding> findings, Severity failOn)
    {
        XElement suite = new(
            "testsuite",
            new XAttribute("name", "toa doctor"),
            new XAttribute("tests", findings.Count),
            new XAttribute("failures", findings.Count(finding => finding.Kind.Severity >= failOn)),
            findings.Select(finding => Case(finding, failOn)));
        try
        {
            using FileStream stream = file.Create();
            new XDocument(suite).Save(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"the report cannot be written to {file.FullName}: {e.Message}", e);
        }
    }

    private static XElement Case(Finding finding, Severity failOn) => new(
        "testcase",
        new XAttribute("classname", finding.Kind.Id),
        new XAttribute("name", finding.Kind.Title.ToString()),
        finding.Kind.Severity < failOn
            ? new XElement("system-out", Valid(finding.Seen.ToString()))
            : new XElement(
                "failure", new XAttribute("message", Valid(finding.Seen.ToString())), Valid(finding.Next.ToString())));

    // Names of processes and programs can have any characters.
    private static string Valid(string text) => string.Concat(text.Select(one => XmlConvert.IsXmlChar(one) ? one : '?'));
}
