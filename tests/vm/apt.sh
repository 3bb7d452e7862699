# Sourced by scripts that unpack Debian packages into a folder, instead of installing them: also
# those of other releases and architectures. Folders and lists are kept in $cache.

cache=${TOA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/toa}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The architecture of packages that are named without one, and a second one. lists names the folder
# of their package lists, which scripts for the same architectures share.
native=amd64
architecture=amd64
lists() { echo "$1-$architecture"; }

die() { echo "${0##*/}: $*" >&2; exit 1; }

# The mirror that apt uses. apt itself parses its sources, which have several formats.
mirror() {
	local label=$1
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Identifier: Packages' |
		awk -F'|' -v label="$label" '$1 == "Debian" && $2 == label { print $3; exit }'
}

# A private apt: with its own lists and sources, so that those of the machine do not change.
# No package counts as installed, so that it resolves all dependencies, down to libc.
private_apt() {
	local tool=$1
	shift
	"$tool" -qq \
		-o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts="$apt/none" \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$apt/none" \
		-o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" \
		-o Dir::State::status="$apt/status" \
		-o APT::Architecture="$native" -o APT::Architectures::="$native" -o APT::Architectures::="$architecture" \
		-o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::Languages=none \
		"$@"
}

# The suites of a release, each with its archive.
suites() {
	case $1 in
	sid) echo Debian sid ;;
	*-backports) suites "${1%-backports}" && echo Debian "$1" ;;
	*) echo Debian "$1" && echo Debian-Security "$1-security" ;;
	esac
}

set_up_apt() {
	local release=$1 main security label suite
	apt=$cache/apt/$(lists "$release")
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/none"
	: >"$apt/status"
	[ -n "$(mirror Debian)" ] || apt-get -qq update || die "apt-get update failed: is the machine online?"
	main=$(mirror Debian)
	[ -n "$main" ] || die "apt knows no Debian mirror: see sources.list(5)"
	security=$(mirror Debian-Security)
	: "${security:=${main%/debian/}/debian-security/}"
	suites "$release" | while read -r label suite; do
		case $label in
		Debian) echo "deb [signed-by=$keyring] $main $suite main" ;;
		*) echo "deb [signed-by=$keyring] $security $suite main" ;;
		esac
	done >"$apt/sources.list"
	private_apt apt-get update || die "cannot read the package lists of $release: is the machine online?"
}

# A folder to download and unpack in, which is removed at the end.
make_work() {
	work=$(mktemp -d "$1.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$work/deb/partial" "$work/root"
}

download() { (cd "$work/deb" && private_apt apt-get download "$@"); }

# Downloads packages with all their dependencies.
download_closure() {
	private_apt apt-get install --download-only -y --no-install-recommends \
		-o Dir::Cache::archives="$work/deb" "$@" >/dev/null
}

# Unpacks packages, old and new, into one tree with a merged /usr. Runs no maintainer scripts.
unpack() {
	local folder package
	for folder in bin sbin lib lib64; do
		mkdir -p "$work/root/usr/$folder"
		ln -s "usr/$folder" "$work/root/$folder"
	done
	for package in "$work"/deb/*.deb; do
		dpkg-deb --fsys-tarfile "$package" |
			tar -x --keep-directory-symlink --no-same-owner -C "$work/root"
		rm "$package"
	done
}

lock_apt() {
	mkdir -p "$cache/apt"
	exec 9>"$cache/apt/$(lists "$1").lock"
	flock 9
}
