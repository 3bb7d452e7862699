using System;
using System.IO;
using System.Linq;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using OpenQA.Selenium.Chromium;
using OpenQA.Selenium.Support.UI;

namespace Toa.WhoAmI.Tests.Support;

/// <summary>Debian's Chromium, without a window.</summary>
internal sealed class Browser : IDisposable
{
    // Only a test that hangs reaches it.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("toa-browser-");
    private readonly ChromeDriverService _service;
    private readonly ChromeDriver _browser;
    private readonly int _width;

    private Browser(int width, int height, Action<ChromeOptions> configure)
    {
        _width = width;
        _service = ChromeDriverService.CreateDefaultService("/usr/bin", "chromedriver");
        _service.SuppressInitialDiagnosticInformation = true;
        ChromeOptions options = new() { BinaryLocation = "/usr/bin/chromium" };
        options.AddArguments(
            "--headless", $"--user-data-dir={_profile.FullName}", $"--window-size={width},{height}", "--hide-scrollbars",
            // Root cannot use the sandbox, and small containers have very little shared memory.
            "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
            // The browser must connect only to the test's server.
            "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--proxy-server=direct://");
        configure(options);
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        _browser = new ChromeDriver(_service, options, commandTimeout: Deadline);
    }

    /// <summary>A browser with a phone's screen.</summary>
    public static Browser OfPhone() => new(390, 844, options => options.EnableMobileEmulation(new ChromiumMobileEmulationDeviceSettings
    {
        Width = 390,
        Height = 844,
        PixelRatio = 1.5,
        UserAgent = "Mozilla/5.0 (Linux; Android 15) Mobile",
    }));

    public static Browser OfDesktop() => new(1280, 1000, _ => { });

    /// <summary>The messages on the page's console.</summary>
    public string[] Console => [.. _browser.Manage().Logs.GetLog(LogType.Browser).Select(line => $"{line.Level}: {line.Message}")];

    /// <summary>
    /// How much wider than the screen the page is. The window is not a measure: phones widen it for such pages.
    /// </summary>
    public long Overflow => (long)_browser.ExecuteScript("return document.documentElement.scrollWidth")! - _width;

    public void Open(string url) => _browser.Navigate().GoToUrl(url);

    /// <summary>Selects light or dark.</summary>
    public void Prefer(string colorScheme) =>
        _browser.ExecuteCdpCommand("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new object[] { new { name = "prefers-color-scheme", value = colorScheme } },
        });

    /// <summary>The visible text of an element; empty if the element is hidden.</summary>
    public string Text(string selector) => _browser.FindElement(By.CssSelector(selector)).Text;

    public string[] Texts(string selector) => [.. _browser.FindElements(By.CssSelector(selector)).Select(element => element.Text)];

    public string Style(string selector, string property) => _browser.FindElement(By.CssSelector(selector)).GetCssValue(property);

    public void Type(string selector, string text) => _browser.FindElement(By.CssSelector(selector)).SendKeys(text);

    /// <summary>Waits for a change of the page.</summary>
    public void WaitUntil(Func<Browser, bool> condition)
    {
        WebDriverWait wait = new(_browser, Deadline);
        wait.IgnoreExceptionTypes(typeof(StaleElementReferenceException), typeof(NoSuchElementException));
        wait.Until(_ => condition(this));
    }

    public void Photograph(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        _browser.GetScreenshot().SaveAsFile(file);
    }

    public void Dispose()
    {
        _browser.Dispose();
        _service.Dispose();
        _profile.Delete(recursive: true);
    }
}
