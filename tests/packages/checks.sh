# Sourced by the tests of packages, which run in the repository's root and print TAP.
# shellcheck shell=bash
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' native/packaging/dkms.conf)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0 failed=0

# check NAME COMMAND...: one result. The output of a command that fails follows it.
check() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@" >"$work/output" 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' "$work/output"
		failed=1
	fi
}

# skip NAME REASON: a result that this machine cannot give.
skip() { echo "ok $((++number)) - $1 # SKIP $2"; }
