#!/bin/sh
# Installs the Debian packages that nguon is built, tested and checked with.
# Does nothing where they are there already. Needs root or sudo only to install.
set -eu

build="gcc meson ninja-build pkg-config libgsl-dev libhdf5-dev libglpk-dev libudunits2-dev
       libyaml-dev libmd-dev zlib1g-dev libnetcdf-dev libcmocka-dev
       libjs-dygraphs"
test="netcdf-bin python3 python3-xarray python3-netcdf4 python3-jsonschema python3-yaml
      python3-markdown chromium"
check="clang clang-format clang-tidy libomp-dev git libopenmpi-dev openmpi-bin"
long="gcovr hdf5-tools valgrind debootstrap dpkg-dev debhelper help2man util-linux"

wanted="$build"
case "${1:-build}" in
build) ;;
test) wanted="$build $test" ;;
check) wanted="$build $test $check" ;;
long) wanted="$build $test $check $long" ;;
*)
    echo "usage: ./setup.sh [build|test|check|long]" >&2
    exit 2
    ;;
esac

missing=""
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing
