#!/bin/sh
# Puts ONNX Runtime's shared library into FOLDER and prints its path.
#
#   models/tts/scripts/fetch-onnxruntime.sh FOLDER
#
# It comes out of the wheel that the Python package index publishes (MIT licence), x86-64 Linux,
# glibc 2.27 or later. Idempotent: a library already there with the right SHA-256 is left alone.
# Needs python3 with pip. Exit 1 with one line when it cannot be had.
set -eu

version=1.24.4
wheel_sum=e54ad52e61d2d4618dcff8fa1480ac66b24ee2eab73331322db1049f11ccf330
library_sum=2d518e11c7767f9fdc4413bdbeb45acf30db504ff76a82fc19d9238a3f9f6c24

folder=${1:?usage: fetch-onnxruntime.sh FOLDER}
library=$folder/libonnxruntime.so.$version

fail() { echo "fetch-onnxruntime: $1" >&2; exit 1; }
right() { echo "$library_sum  $1" | sha256sum --check --status 2>/dev/null; }

mkdir -p "$folder" || fail "cannot make $folder"
if [ -f "$library" ] && right "$library"; then
    echo "$library"
    exit 0
fi

work=$(mktemp -d "$folder/fetch.XXXXXX") || fail "cannot write in $folder"
trap 'rm -rf "$work"' EXIT
echo "onnxruntime==$version --hash=sha256:$wheel_sum" > "$work/wanted.txt"
python3 -m pip download --quiet --no-deps --only-binary=:all: --require-hashes \
    --python-version 3.11 --platform manylinux_2_27_x86_64 \
    --dest "$work" --requirement "$work/wanted.txt" >&2 \
    || fail "pip could not download onnxruntime $version: is there a network and a package index?"
python3 -c '
import sys, zipfile
wheel, name, out = sys.argv[1:]
with zipfile.ZipFile(wheel) as z, z.open("onnxruntime/capi/" + name) as source, open(out, "wb") as target:
    while block := source.read(1 << 20):
        target.write(block)
' "$work"/onnxruntime-*.whl "libonnxruntime.so.$version" "$work/library" \
    || fail "the wheel of onnxruntime $version holds no libonnxruntime.so.$version"
right "$work/library" || fail "the library's SHA-256 is not $library_sum: nothing was installed"
mv "$work/library" "$library"
echo "$library"
