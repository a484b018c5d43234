# common.sh: what contrib/demo and contrib/check share: packages, building, showing progress.
# Sourced by bash; the caller has set `top`, the root of the source tree.
# shellcheck shell=bash disable=SC2034,SC2154

build_packages=(build-essential autoconf automake pkg-config libfcgi-dev libmariadb-dev libargon2-dev
	libjansson-dev libssl-dev libcurl4-openssl-dev libinih-dev libunistring-dev libpcre2-dev zlib1g-dev
	libexpat1-dev)
# The servers' own programs, where Debian has them apart from what starts them as services.
run_packages=(python3 mariadb-server-core mariadb-client-core)
nginx_packages=(nginx)
lighttpd_packages=(lighttpd lighttpd-modules-lua)
apache_packages=(apache2-bin libapache2-mod-xsendfile)
test_packages=("${nginx_packages[@]}" "${lighttpd_packages[@]}" "${apache_packages[@]}"
	git curl mariadb-client libcmocka-dev clang clang-format mandoc spin python3-pytest python3-httpx python3-pymysql
	python3-aiosmtpd python3-cryptography chromium)
command -v npm >/dev/null || test_packages+=(nodejs npm)

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# show WHAT LOG COMMAND...: run it with its output in LOG, and show that it goes on.  When it fails
# the end of the log is shown.
show()
{
	local what=$1 log=$2 pid status=0 ticks=0 last
	shift 2
	mkdir -p "$(dirname "$log")"
	printf '  %s' "$what"
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	# A job in the background does not hear Ctrl-C by itself.
	trap 'kill '"$pid"' 2>/dev/null || :; exit 130' INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		ticks=$((ticks + 1))
		if [ -t 1 ] && [ $((ticks % 5)) -eq 0 ]; then
			last=$(tail -n 1 "$log" | tr -cd '[:print:]' | cut -c 1-50)
			printf '\r\033[K  %s  %ds  %s' "$what" "$((ticks / 5))" "$last"
		elif [ $((ticks % 25)) -eq 0 ]; then
			printf '.'
		fi
	done
	wait "$pid" || status=$?
	trap - INT TERM
	[ ! -t 1 ] || printf '\r\033[K  %s' "$what"
	if [ "$status" -ne 0 ]; then
		printf ': failed\n'
		tail -n 30 "$log"
		die "$what failed; all of it is in $log"
	fi
	printf ': done\n'
}

# as_root COMMAND...
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

missing_packages()
{
	local package
	for package in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
	done
}

apt_install()
{
	local wait=(-o DPkg::Lock::Timeout=300)
	as_root env DEBIAN_FRONTEND=noninteractive apt-get "${wait[@]}" -q update
	as_root env DEBIAN_FRONTEND=noninteractive apt-get "${wait[@]}" -q -y --no-install-recommends install "$@"
}

# need LOG PACKAGE...: install what is missing.  A package that brings a service does not start it:
# while apt-get runs, /usr/sbin/policy-rc.d says no.  One that is there already stays as it is.
need()
{
	local log=$1 missing policy=/usr/sbin/policy-rc.d
	shift
	command -v dpkg-query >/dev/null || { say "  This is no Debian; these packages are needed: $*"; return; }
	mapfile -t missing < <(missing_packages "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
		die "as root, please: apt-get install ${missing[*]}"
	[ "$(id -u)" -eq 0 ] || as_root true || die "sudo does not let us install: ${missing[*]}"
	if [ ! -e "$policy" ]; then
		trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
	fi
	show "installing ${missing[*]}" "$log" apt_install "${missing[@]}"
	if [ -n "$(trap -p EXIT)" ]; then
		as_root rm -f "$policy"
		trap - EXIT
	fi
}

older()
{
	[ ! -e "$1" ] || [ "$2" -nt "$1" ]
}

# build DIRECTORY [CONFIGURE-OPTION...]: build the program there, out of tree.
build()
{
	local directory=$1 options
	shift
	mkdir -p "$directory"
	if older "$top/configure" "$top/configure.ac" || older "$top/Makefile.in" "$top/Makefile.am"; then
		show "autoreconf" "$directory/autoreconf.log" autoreconf -fi "$top"
	fi
	options="$*"
	if older "$directory/config.status" "$top/configure" ||
	    [ "$(cat "$directory/configure-options" 2>/dev/null)" != "$options" ]; then
		show "configure" "$directory/configure.log" \
		    env -C "$directory" "$(realpath --relative-to="$directory" "$top")/configure" "$@"
		printf '%s\n' "$options" >"$directory/configure-options"
	fi
	show "make" "$directory/make.log" make -C "$directory" -j "$(nproc)"
}
