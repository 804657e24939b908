#!/usr/bin/env bash
# Makes a fresh Debian or Ubuntu ready for planpress: system packages, .venv, the locked Python packages, planpress.
#
#   scripts/bootstrap.sh demo    what planpress needs to run
#   scripts/bootstrap.sh test    the same, and what its tests need
#
# Looks first and installs only what is missing; a second run does nothing and takes no time. Nothing is fetched
# but packages of the system's package manager and of pip. PYTHON=… names another interpreter (3.11 or newer).
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-demo}
case $purpose in
    demo | test) ;;
    *) echo "bootstrap: '$purpose' is unknown. Say demo or test." >&2; exit 2 ;;
esac

readonly venv=.venv
readonly log=$venv.log
declare -rA locks=([demo]=requirements/base.lock [test]=requirements/dev.lock)

say() { printf '%s\n' "$*"; }
stop() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

# ------------------------------------------------------------------------------------------------ what is there

# What an installation for a purpose is made from: another lock, pyproject.toml or place makes it stale.
state_of() { { cat "${locks[$1]}" pyproject.toml scripts/bootstrap.sh; pwd -P; } | sha256sum | cut -d' ' -f1; }
stamp_of() { echo "$venv/.stamps/$1"; }
is_ready() { [ -x $venv/bin/planpress ] && [ "$(cat "$(stamp_of "$1")" 2>/dev/null)" = "$(state_of "$1")" ]; }
put_stamp() { mkdir -p $venv/.stamps && state_of "$1" >"$(stamp_of "$1")"; }

# Programs in an environment know its absolute place: a repository that was moved needs a new one.
environment_works() {
    is_new_enough $venv/bin/python && $venv/bin/python -m pip --version >/dev/null 2>&1 &&
        grep -qF "$(pwd -P)/$venv" $venv/bin/activate
}

has_command() { command -v "$1" >/dev/null 2>&1; }
has_library() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -F "$1 " >/dev/null; }
has_font() { has_command fc-list && fc-list ":family=$1" family | grep . >/dev/null; }
has_japanese_font() { has_command fc-list && fc-list ":lang=ja" family | grep . >/dev/null; }
has_filter() { find /usr/lib*/libreoffice /opt/libreoffice* -name "$1" -print -quit 2>/dev/null | grep . >/dev/null; }
has_sftp_server() { [ -x /usr/lib/openssh/sftp-server ] || [ -x /usr/libexec/openssh/sftp-server ]; }
is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        if has_command "$candidate" && is_new_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
}

# ----------------------------------------------------------------------------------------------- system packages

missing_required=()
missing_optional=()
require() { "${@:2}" || missing_required+=("$1"); }
want() { "${@:2}" || missing_optional+=("$1"); }

look_for_system_packages() {
    missing_required=()
    missing_optional=()
    local python
    python=$(find_python)
    if [ -z "$python" ]; then
        missing_required+=(python3 python3-venv)
    elif ! makes_environments "$python"; then
        missing_required+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
    fi
    require libpango-1.0-0 has_library libpango-1.0.so.0
    require libpangoft2-1.0-0 has_library libpangoft2-1.0.so.0
    require libharfbuzz-subset0 has_library libharfbuzz-subset.so.0
    require fontconfig has_command fc-list
    require fonts-crosextra-carlito has_font Carlito
    require fonts-liberation has_font "Liberation Sans"
    require fonts-noto-cjk has_japanese_font
    if [ "$purpose" = test ]; then
        want libreoffice-calc has_filter libsclo.so
        want libreoffice-impress has_filter libsdlo.so
        want libreoffice-writer has_filter libswlo.so
        want poppler-utils has_command pdftoppm
        want qpdf has_command qpdf
        if [ -c /dev/fuse ]; then # a network share to watch, mounted from this very machine
            want openssh-sftp-server has_sftp_server
            want sshfs has_command sshfs
        fi
    fi
}

# Prints the words that go before apt-get, or fails where packages may not be installed.
installer() {
    has_command apt-get || return 1
    if [ "$(id -u)" = 0 ]; then
        echo env
    elif has_command sudo && sudo -n true 2>/dev/null; then
        echo sudo -n env
    else
        return 1
    fi
}

install_system_packages() {
    local before
    before=$(installer) || return 0
    say "Installing system packages: $*"
    {
        $before DEBIAN_FRONTEND=noninteractive apt-get update -qq
        $before DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    } </dev/null >>$log 2>&1 || say "  apt-get reported a problem; its words are in $log."
}

report_missing() {
    if [ ${#missing_optional[@]} -gt 0 ]; then
        say "Not installed, so tests that need it will be skipped and say so: ${missing_optional[*]}"
        say "  To run them as well, ask your administrator for:"
        say "    apt-get install --no-install-recommends ${missing_optional[*]}"
    fi
    [ ${#missing_required[@]} -eq 0 ] || stop "planpress cannot run without these system packages: ${missing_required[*]}
  They could not be installed from here. Ask your administrator for:
    apt-get install --no-install-recommends ${missing_required[*]}
  and run the same command again. (planpress needs Python 3.11 or newer; PYTHON=/path/to/python names one.)"
}

prepare_system() {
    look_for_system_packages
    [ $((${#missing_required[@]} + ${#missing_optional[@]})) -gt 0 ] || return 0
    install_system_packages "${missing_required[@]}" "${missing_optional[@]}"
    look_for_system_packages
    report_missing
}

# ----------------------------------------------------------------------------------------------- Python packages

quiet_pip() {
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1 \
        $venv/bin/python -m pip --quiet "$@" </dev/null >>$log 2>&1 ||
        { tail -n 20 $log >&2; stop "pip could not do its work; the lines above say why, $log holds all of them."; }
}

prepare_environment() {
    ! environment_works || return 0
    say "Creating $venv"
    rm -rf $venv
    "$(find_python)" -m venv $venv
}

install_python_packages() {
    local lock=${locks[$purpose]}
    say "Installing $(grep -c '^[a-z0-9].*==' "$lock") Python packages at their locked versions (a minute or two)"
    quiet_pip install --require-hashes --requirement "$lock"
    quiet_pip install --no-deps --no-build-isolation --editable .
}

main() {
    ! is_ready "$purpose" || return 0
    : >$log
    prepare_system
    prepare_environment
    install_python_packages
    put_stamp "$purpose"
    [ "$purpose" = demo ] || put_stamp demo # what tests need includes what planpress needs
    rm -f $log
}

main
