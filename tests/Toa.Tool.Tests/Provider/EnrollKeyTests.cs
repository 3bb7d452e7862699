using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider enroll-key</c>, with simulated programs. tests/packages/secure-boot runs it on a machine with Secure Boot.</summary>
public sealed class EnrollKeyTests : IDisposable
{
    private const string SecureBoot = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private const string Shim = "sys/firmware/efi/efivars/SbatLevelRT-605dab50-e046-4300-abb6-3dd810dd8b23";
    private const string Key = "/var/lib/dkms/mok.key", Certificate = "/var/lib/dkms/mok.pub";
    private const string UbuntuKey = "/var/lib/shim-signed/mok/MOK.priv", UbuntuCertificate = "/var/lib/shim-signed/mok/MOK.der";
    private const string Modules = "lib/modules/" + FakeMachine.Release, Module = Modules + "/updates/dkms/toa.ko";
    private const string SignFile = "/" + Modules + "/build/scripts/sign-file";
    private const string Own = "\0parm=formats:TOA options\0";

    // The output of openssl 3.0 for a key of DKMS, and the line of the kernel for it.
    private const string Read =
        "subject=CN = DKMS module signing key\nserial=0593383C2FD3E531\nX509v3 Subject Key Identifier: \n    C9:EA:54:E9:EF:8A:99:39:0D:DD:2D:F2\n";

    private const string Serial = "05:93:38:3C:2F:D3:E5:31";
    private const string InKernel = "1bc7cc06 I------     1 perm 1f010000     0     0 asymmetri DKMS module signing key: c9ea54e9ef8a99390ddd2df2: X509.rsa []\n";

    private const string OthersInKernel = "1e8c2514 I------     1 perm 1f010000     0     0 asymmetri Debian Secure Boot CA: 6ccece7e4c6c0d1f: X509.rsa bb419ea1 []\n";

    private static readonly byte[] Der = [0x30, 0x82];

    private readonly FakeMachine _machine = new FakeMachine { HasTerminal = true }
        .Write(SecureBoot, [6, 0, 0, 0, 1]).Write(Shim, "").Write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        .Write("proc/keys", OthersInKernel).Program("mokutil --version").Program("mkdir -p");

    public EnrollKeyTests()
    {
        // The test machine may be a container itself.
        foreach (string variable in (string[])["KUBERNETES_SERVICE_HOST", "DOTNET_RUNNING_IN_CONTAINER"])
            Environment.SetEnvironmentVariable(variable, null);
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Without_a_key_one_is_made_where_DKMS_looks_and_the_module_is_signed_before_the_request()
    {
        WithModule().AfterRun = call =>
        {
            if (call.StartsWith("openssl req"))
                WithKey();
        };
        _machine.Program("openssl req").Program("openssl x509", Read).Program(SignFile).Program("mokutil --import").Program("mokutil --test-key", $"{Certificate} is already in the enrollment request\n", 1);
        Signed("", Serial);

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key");

        run.ExitCode.Should().Be(0, run.Error);
        Changes().Should().Equal(
            "mkdir -p /var/lib/dkms",
            "openssl req -new -x509 -nodes -sha256 -days 36500 -newkey rsa:2048 -subj /CN=DKMS module signing key "
            + $"-addext extendedKeyUsage=codeSigning,1.3.6.1.4.1.2312.16.1.2 -keyout {Key} -outform DER -out {Certificate}",
            $"{SignFile} sha512 {Key} {Certificate} {_machine.Root}/{Module}",
            $"mokutil --import {Certificate}");
        run.Lines[0].Should().StartWith($"The enrollment of {Certificate} is requested. Confirm it at the machine's console");
        run.Output.Should().Contain("'Press any key to perform MOK management'").And.Contain("'Enroll MOK', 'Continue', 'Yes'").And.Contain("Select 'Reboot'")
            .And.NotContain("not signed");
    }

    [Fact]
    public async Task The_hash_is_that_of_the_kernel()
    {
        WithKey().Write($"boot/config-{FakeMachine.Release}", "CONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_HASH=\"sha256\"\n").Write("proc/keys", InKernel);
        WithModule().Program(SignFile);
        Signed("", Serial);

        (await Run.ToaAsync(_machine, "provider", "enroll-key")).ExitCode.Should().Be(0);

        Changes().Should().Equal($"{SignFile} sha256 {Key} {Certificate} {_machine.Root}/{Module}");
    }

    [Fact]
    public async Task A_password_in_a_file_is_given_to_mokutil_twice_and_is_on_no_command_line()
    {
        _machine.HasTerminal = false;
        WithKey().Write("password", "one time\nanother line\n").Program("mokutil --import")
            .Program("mokutil --test-key", $"{Certificate} is not enrolled\n").Program("mokutil --test-key", $"{Certificate} is already in the enrollment request\n", 1);

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--password-file", "/password");

        run.ExitCode.Should().Be(0, run.Error);
        _machine.Inputs.Should().Equal("one time\none time\n");
        Changes().Should().Equal($"mokutil --import {Certificate}");
        run.Output.Should().Contain($"No module of this project is installed for {FakeMachine.Release}. Install it: toa provider install. DKMS signs it.");
    }

    [Theory]
    [InlineData("", "must have 1 to 256 characters")]
    [InlineData("\n", "must have 1 to 256 characters")]
    [InlineData("grün", "not ASCII")]
    public async Task A_password_that_cannot_be_typed_at_the_console_is_refused(string password, string problem)
    {
        WithKey().Write("password", password);

        await ShouldFailAsync("--password-file /password", "/password: the password", problem);
        await ShouldFailAsync("--password-file /none", "/none does not exist.");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task A_request_that_waits_is_not_repeated()
    {
        WithKey().Program("mokutil --test-key", $"{Certificate} is already in the enrollment request\n", 1);
        WithModule();
        Signed(Serial);

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key");

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("is requested. Confirm it");
        Changes().Should().BeEmpty();
    }

    [Theory]
    [InlineData(false, "Load it now: toa provider load.")]
    [InlineData(true, "Nothing is left to do.")]
    public async Task When_all_is_done_it_says_so_and_does_nothing(bool isLoaded, string result)
    {
        WithKey().Write("proc/keys", InKernel);
        WithModule();
        Signed(Serial);
        if (isLoaded)
            _machine.WithModule();

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key"), check = await Run.ToaAsync(_machine, "provider", "enroll-key", "--check");

        (run.ExitCode, check.ExitCode).Should().Be((0, 0));
        run.Output.Should().EndWith(result + "\n");
        check.Output.Should().EndWith(result + "\n").And.Contain("known to the kernel:  yes\n").And.Contain(": signed with this key\n");
        Changes().Should().BeEmpty();
    }

    [Theory]
    [InlineData("is not enrolled", 0, "No", "no")]
    [InlineData("is already in the enrollment request", 1, "Requested", "requested, not confirmed at the console")]
    [InlineData("is already in the enrollment request", 0, "Requested", "requested, not confirmed at the console")] // as newer versions exit
    public async Task Check_shows_the_state_and_changes_nothing(string words, int exitCode, string enrolled, string shown)
    {
        _machine.IsPrivileged = false;
        WithKey().Program("mokutil --test-key", $"{Certificate} {words}\n", exitCode);
        WithModule();
        Signed("");

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--check");
        JsonElement json = (await Run.ToaAsync(_machine, "provider", "enroll-key", "--check", "--json")).Json;

        run.ExitCode.Should().Be(1);
        run.Lines.Should().Contain("required by:          Secure Boot is on, the kernel is locked down (none [integrity] confidentiality)")
            .And.Contain($"certificate:          {Certificate} (CN = DKMS module signing key)").And.Contain($"enrolled:             {shown}")
            .And.Contain("known to the kernel:  no").And.Contain($"module:               {_machine.Root}/{Module}: no signature");
        json.GetProperty("enrolled").GetString().Should().Be(enrolled);
        json.GetProperty("complete").GetBoolean().Should().BeFalse();
        json.GetProperty("signature").GetString().Should().Be("None");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task The_kernel_s_keys_that_this_user_cannot_see_are_not_called_missing()
    {
        WithKey().Write("proc/keys", "").Program("mokutil --test-key", $"{Certificate} is already enrolled\n", 1);
        WithModule();
        Signed(Serial);

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--check");

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().Contain("known to the kernel:  not readable by this user\n");
    }

    [Fact]
    public async Task A_key_that_is_enrolled_and_that_the_kernel_did_not_load_is_named()
    {
        WithKey().Program("mokutil --test-key", $"{Certificate} is already enrolled\n", 1);
        WithModule();
        Signed(Serial);

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--check");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain($"{Certificate} is enrolled, but the kernel did not load it at boot");
    }

    [Theory]
    [InlineData("toa.ko", "", "", "Run toa provider enroll-key: it signs the module.")]
    [InlineData("toa.ko", "PKCS#7", "AA:BB", "Run toa provider enroll-key: it signs the module.")]
    [InlineData("toa.ko", "PKCS#7", "", "is signed, but modinfo does not show the key.")]
    [InlineData("toa.ko.xz", "", "", "is compressed and not signed with this key. Run toa provider install")]
    [InlineData("toa.ko.zst", "PKCS#7", "AA:BB", "is compressed and not signed with this key. Run toa provider install")]
    public async Task A_module_without_the_key_s_signature_is_not_complete(string file, string id, string serial, string next)
    {
        WithKey().Write("proc/keys", InKernel).Write($"{Modules}/updates/dkms/{file}", Own).Program("modinfo -n toa", $"/{Modules}/updates/dkms/{file}\n")
            .Program("modinfo -F parm", "formats:TOA options\n").Program("modinfo -F vermagic").Program("modinfo -F version")
            .Program("modinfo -F sig_id", id + "\n").Program("modinfo -F sig_key", serial + "\n");

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--check");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain(next);
    }

    [Fact]
    public async Task A_compressed_module_is_left_as_it_is()
    {
        WithKey().Write("proc/keys", InKernel).Write(Module + ".xz", Own).Program("modinfo -n toa", $"/{Module}.xz\n")
            .Program("modinfo -F parm", "formats:TOA options\n").Program("modinfo -F vermagic").Program("modinfo -F version").Write(SignFile[1..], "");
        Signed("");

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key");

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().Contain("By hand: unpack it, sign it with sign-file, compress it again, and run depmod.");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task Another_vendor_s_module_is_not_signed()
    {
        WithKey().Write("proc/keys", InKernel).Write(Module, "\0parm=vendor:Its own\0").Program("modinfo -n toa", $"/{Module}\n").Write("other.ko", "");

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key");

        run.Output.Should().Contain("No module of this project is installed");
        await ShouldFailAsync("--module /other.ko", "/other.ko is not this project's module");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task A_module_that_is_named_is_signed()
    {
        WithKey().Write("proc/keys", InKernel).Write("toa.ko", Own).Write("usr/bin/kmodsign", "").Program("/usr/bin/kmodsign");
        Signed("", Serial);

        (await Run.ToaAsync(_machine, "provider", "enroll-key", "--module", "/toa.ko")).ExitCode.Should().Be(0);

        Changes().Should().Equal($"/usr/bin/kmodsign sha512 {Key} {Certificate} {_machine.Root}/toa.ko");
    }

    [Fact]
    public async Task Own_files_are_used_and_DKMS_s_settings_for_them_are_shown()
    {
        WithKey().Write("own.key", "").Write("own.der", Der).Write("proc/keys", InKernel);
        WithModule().Program(SignFile);
        Signed("AA:BB", Serial);

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--key", "/own.key", "--certificate", "/own.der");

        run.ExitCode.Should().Be(0, run.Error);
        Changes().Should().Equal($"{SignFile} sha512 /own.key /own.der {_machine.Root}/{Module}");
        run.Output.Should().Contain("write to /etc/dkms/framework.conf: mok_signing_key=/own.key and mok_certificate=/own.der");
    }

    [Fact]
    public async Task With_a_certificate_alone_nothing_is_signed()
    {
        _machine.Write("own.der", Der).Program("openssl x509", Read).Program("mokutil --import")
            .Program("mokutil --test-key", "/own.der is not enrolled\n").Program("mokutil --test-key", "/own.der is already in the enrollment request\n", 1);
        WithModule();
        Signed("");

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--certificate", "/own.der");

        run.ExitCode.Should().Be(0, run.Error);
        Changes().Should().Equal("mokutil --import /own.der");
        run.Output.Should().Contain("Sign it where the private key is, or name that key with --key.");
    }

    [Theory]
    [InlineData("", "", Key, Certificate)]
    [InlineData("# mok_signing_key=/no\nmok_signing_key=\"/etc/keys/a b.key\"\nmok_certificate='/etc/keys/$kernelver.der' # ours\n", "",
        "/etc/keys/a b.key", "/etc/keys/" + FakeMachine.Release + ".der")]
    [InlineData("dkms_tree=/srv/dkms\nmok_signing_key=${dkms_tree}/k\nmok_certificate=$dkms_tree/c\n", "", "/srv/dkms/k", "/srv/dkms/c")]
    [InlineData("mok_signing_key=/first\nmok_certificate=/first.der\n", "mok_signing_key=/last\n", "/last", "/first.der")]
    [InlineData("mok_signing_key=pkcs11:object=toa\nmok_certificate=/c\n", "", "pkcs11:object=toa", "/c")]
    public async Task The_key_is_the_one_that_DKMS_s_settings_name(string settings, string more, string key, string certificate)
    {
        _machine.Write("etc/dkms/framework.conf", settings).Write("etc/dkms/framework.conf.d/zz.conf", more).Write("etc/dkms/framework.conf.d/zz.conf.bak", "mok_signing_key=/bak\n")
            .Write(certificate[1..], Der).Write("proc/keys", InKernel).Program("openssl x509", Read);
        if (key[0] == '/')
            _machine.Write(key[1..], "");

        JsonElement json = (await Run.ToaAsync(_machine, "provider", "enroll-key", "--check", "--json")).Json;

        (json.GetProperty("key").GetString(), json.GetProperty("certificate").GetString()).Should().Be((key, certificate));
    }

    [Theory]
    [InlineData("mok_signing_key=$(cat /etc/key)\n", "--key and --certificate")]
    [InlineData("mok_signing_key=$HOME/key\n", "the settings of DKMS have mok_signing_key=$HOME/key")]
    [InlineData("sign_tool=/etc/dkms/sign_helper.sh\n", "DKMS signs with /etc/dkms/sign_helper.sh")]
    public async Task Settings_that_cannot_be_evaluated_are_named(string settings, string problem)
    {
        _machine.Write("etc/dkms/framework.conf", settings);

        await ShouldFailAsync("", problem);
    }

    [Fact]
    public async Task A_program_for_signing_that_DKMS_s_settings_name_is_used()
    {
        WithKey().Write("proc/keys", InKernel).Write("etc/dkms/framework.conf", "sign_file=\"/opt/sign\"\n").Write("opt/sign", "").Program("/opt/sign");
        WithModule();
        Signed("", Serial);

        (await Run.ToaAsync(_machine, "provider", "enroll-key")).ExitCode.Should().Be(0);

        Changes().Should().ContainSingle().Which.Should().StartWith("/opt/sign sha512 ");
    }

    [Theory]
    [InlineData("ID=ubuntu\n", UbuntuKey)]
    [InlineData("NAME=\"Ubuntu\"\nID=\"ubuntu\"\n", UbuntuKey)]
    [InlineData("ID=debian\n", Key)]
    public async Task Ubuntu_has_a_place_of_its_own(string release, string key)
    {
        _machine.Write("etc/os-release", release);

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--dry-run");

        run.ExitCode.Should().Be(0, run.Error);
        run.Output.Should().Contain($"-keyout {key} ").And.Contain("mokutil --import ");
    }

    [Fact]
    public async Task The_key_of_akmods_is_used_if_DKMS_has_none()
    {
        _machine.Write("etc/pki/akmods/private/private_key.priv", "").Write("etc/pki/akmods/certs/public_key.der", Der).Write("proc/keys", InKernel)
            .Program("openssl x509", Read);

        JsonElement json = (await Run.ToaAsync(_machine, "provider", "enroll-key", "--check", "--json")).Json;

        json.GetProperty("certificate").GetString().Should().Be("/etc/pki/akmods/certs/public_key.der");
        json.GetProperty("next").GetString().Should().NotContain("framework.conf");
    }

    [Theory]
    [InlineData(Key, Certificate)]
    [InlineData(Certificate, Key)]
    public async Task A_half_of_a_key_is_not_overwritten(string present, string missing)
    {
        _machine.Write(present[1..], "old").Program("openssl req");

        await ShouldFailAsync("", $"{present} exists, but {missing} is missing. toa does not overwrite a key");

        _machine.Read(present[1..]).Should().Be("old");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task A_dry_run_prints_the_steps_and_does_none()
    {
        _machine.IsPrivileged = false;
        WithModule();
        Signed("");

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key", "--dry-run");

        run.ExitCode.Should().Be(0, run.Error);
        run.Lines.Select(line => line.Split(' ')[0]).Should().Equal("mkdir", "openssl", SignFile, "mokutil");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task A_kernel_that_requires_no_signature_needs_no_key()
    {
        _machine.Write(SecureBoot, [6, 0, 0, 0, 0]).Write("sys/kernel/security/lockdown", "[none] integrity\n");

        Run run = await Run.ToaAsync(_machine, "provider", "enroll-key"), check = await Run.ToaAsync(_machine, "provider", "enroll-key", "--check");

        run.Should().Be(new Run(0, "Secure Boot is off, and the kernel accepts modules without a signature: no key is needed.\n", ""));
        check.Should().Be(run);
        Changes().Should().BeEmpty();
    }

    [Theory]
    [InlineData(true, "the kernel is locked down (none [integrity] confidentiality), but Secure Boot is off: the kernel ignores enrolled keys. Switch Secure Boot on")]
    [InlineData(false, "the kernel is locked down (none [integrity] confidentiality), but this machine was not started by UEFI")]
    public async Task Without_Secure_Boot_a_kernel_that_requires_signatures_cannot_be_served(bool hasUefi, string problem)
    {
        if (hasUefi)
            _machine.Write(SecureBoot, [6, 0, 0, 0, 0]);
        else
            _machine.Remove("sys/firmware/efi");

        await ShouldFailAsync("", problem, "toa provider install --kind ebpf");
        await ShouldFailAsync("--check", problem);
    }

    [Theory]
    [InlineData("sys/firmware/efi/efivars", "mount -t efivarfs efivarfs /sys/firmware/efi/efivars")]
    [InlineData("sys/kernel/security", "mount -t securityfs none /sys/kernel/security")]
    public async Task What_is_not_mounted_is_named(string folder, string cure)
    {
        _machine.Write(SecureBoot, [6, 0, 0, 0, 0]).Write("sys/firmware/efi/runtime", "").Remove(folder);

        await ShouldFailAsync("", cure);
    }

    [Fact]
    public async Task Without_shim_no_key_can_be_enrolled()
    {
        WithKey().Program("mokutil --test-key", $"{Certificate} is not enrolled\n").Program("mokutil --import");
        File.Delete(_machine.PathOf(Shim));
        _machine.Write("sys/firmware/efi/efivars/MokNew-605dab50-e046-4300-abb6-3dd810dd8b23", "");

        await ShouldFailAsync("", "shim did not start this machine", $"Add {Certificate} to the firmware's own list of keys (db)");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_terminal_a_file_for_the_password_is_required_before_a_key_is_made()
    {
        _machine.HasTerminal = false;
        _machine.Program("openssl req");

        await ShouldFailAsync("", "the standard input is not a terminal", "--password-file");
        Changes().Should().BeEmpty();
    }

    [Fact]
    public async Task In_a_container_it_is_said_where_to_run_it()
    {
        _machine.Write("run/.containerenv", "");

        await ShouldFailAsync("", "this is a container. Keys are enrolled on the host");
        await ShouldFailAsync("--check", "this is a container.");
    }

    [Fact]
    public async Task Without_root_it_is_said_how()
    {
        _machine.IsPrivileged = false;

        await ShouldFailAsync("", "toa provider enroll-key requires root: run sudo toa provider enroll-key.");
    }

    [Fact]
    public async Task Missing_programs_are_named_by_their_packages()
    {
        using FakeMachine bare = new FakeMachine { HasTerminal = true }.Write(SecureBoot, [6, 0, 0, 0, 1]).Write(Shim, "");
        ShouldFail(await Run.ToaAsync(bare, "provider", "enroll-key"), "mokutil is missing: apt-get install mokutil (Debian, Ubuntu)");
        ShouldFail(await Run.ToaAsync(bare.Program("mokutil --version").Program("mkdir -p"), "provider", "enroll-key"), "openssl is missing: apt-get install openssl");

        WithKey().Write("proc/keys", InKernel);
        WithModule();
        ShouldFail(await Run.ToaAsync(_machine, "provider", "enroll-key"), "kmod is missing: apt-get install kmod");
        Signed("");
        File.Delete(_machine.PathOf(SignFile));
        ShouldFail(
            await Run.ToaAsync(_machine, "provider", "enroll-key"),
            $"no program that signs modules was found (/usr/bin/kmodsign, {SignFile}). Install the headers: apt-get install linux-headers-{FakeMachine.Release}");
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\n", "is not a certificate in DER form, which mokutil requires. To convert PEM: openssl x509 -in /own.der -outform DER -out /own.der.der")]
    [InlineData("", "is not a certificate in DER form")]
    [InlineData("0 anything", "is not a certificate: Could not read certificate")]
    public async Task A_file_that_is_not_a_certificate_is_refused(string content, string problem)
    {
        _machine.Write("own.der", content).Program("openssl x509", exitCode: 1, error: "Could not read certificate from /own.der\n");

        await ShouldFailAsync("--certificate /own.der", "/own.der " + problem);
    }

    [Theory]
    [InlineData("mokutil --test-key", "is blocked in MokListX", "mokutil --test-key /var/lib/dkms/mok.pub failed: /var/lib/dkms/mok.pub is blocked in MokListX")]
    [InlineData("mokutil --import", "Failed to write MokNew", "mokutil --import /var/lib/dkms/mok.pub failed: /var/lib/dkms/mok.pub Failed to write MokNew")]
    [InlineData(SignFile, "private key does not match certificate", "cannot be signed: /var/lib/dkms/mok.pub private key does not match certificate", "KBUILD_SIGN_PIN")]
    public async Task A_program_that_fails_is_quoted(string program, string words, params string[] problems)
    {
        WithKey().Program(program, exitCode: 1, error: $"{Certificate} {words}\n").Program("mokutil --test-key", $"{Certificate} is not enrolled\n").Program("mokutil --import").Program(SignFile);
        WithModule();
        Signed("");

        await ShouldFailAsync("", problems);
    }

    [Fact]
    public async Task A_request_that_mokutil_does_not_show_afterwards_is_an_error()
    {
        WithKey().Program("mokutil --test-key", $"{Certificate} is not enrolled\n").Program("mokutil --import");

        await ShouldFailAsync("", "succeeded, but mokutil --test-key does not show the request");
    }

    [Theory]
    [InlineData("--key /none --certificate /none.der", "/none does not exist.")]
    [InlineData("--certificate /none.der", "/none.der does not exist.")]
    [InlineData("--module /none.ko", "/none.ko does not exist. toa provider build builds a module.")]
    [InlineData("--kind ebpf", "the eBPF provider is not a module: it needs no key.")]
    public async Task What_does_not_exist_is_named(string arguments, string problem)
    {
        WithKey();

        await ShouldFailAsync(arguments, problem);
    }

    [Fact]
    public async Task A_key_without_a_certificate_is_a_wrong_command_line()
    {
        (await Run.ToaAsync(_machine, "provider", "enroll-key", "--key", "/own.key")).Should().Be(
            new Run(2, "", "toa: --key requires --certificate. See toa provider enroll-key --help.\n"));
    }

    private FakeMachine WithKey() => _machine.Write(Key[1..], "").Write(Certificate[1..], Der).Program("openssl x509", Read);

    private FakeMachine WithModule() => _machine.Write(Module, Own).Write(SignFile[1..], "").Program("modinfo -n toa", $"/{Module}\n");

    /// <summary>The serial numbers that modinfo shows for the module, one for each time it is asked; empty for no signature.</summary>
    private void Signed(params string[] serials)
    {
        foreach (string serial in serials)
            _machine.Program("modinfo -F sig_id", serial.Length > 0 ? "PKCS#7\n" : "\n");
        foreach (string serial in serials.Where(serial => serial.Length > 0))
            _machine.Program("modinfo -F sig_key", serial + "\n");
    }

    /// <summary>The programs that change something.</summary>
    private string[] Changes() =>
    [
        .. _machine.Calls.Where(call => call.StartsWith("mokutil --import") || call.StartsWith("openssl req") || call.StartsWith("mkdir")
            || call.Contains("sign-file") || call.Contains("sign ")),
    ];

    private async Task ShouldFailAsync(string arguments, params string[] problems) =>
        ShouldFail(await Run.ToaAsync(_machine, ["provider", "enroll-key", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]), problems);

    private static void ShouldFail(Run run, params string[] problems)
    {
        run.ExitCode.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("toa: ").And.EndWith("\n").And.NotContain("\n\n").And.ContainAll(problems);
    }
}
