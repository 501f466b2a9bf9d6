#!/bin/sh
# Build the wheel, install it into an empty environment, and use it from another directory. $1: python, $2: python of
# the development environment. durable-rules needs a compiler; where it does not build, the reference engine is used.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2" -m build --wheel --no-isolation --outdir "$work/dist" "$root" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$1" -m venv "$work/venv"
CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "$work/venv/bin/python" -m pip install -q --disable-pip-version-check "$work"/dist/*.whl
mkdir "$work/elsewhere"
cd "$work/elsewhere"
export XDG_CACHE_HOME="$work/cache"
printf 'conditions: [low_back_pain_chronic]\nanswers: {kidney_disease: severe, saddle_numbness: yes}\n' >me.yaml
"$work/venv/bin/painrules" explore --answers me.yaml >sheet.txt 2>errors.txt
test ! -s errors.txt
grep -q "Options to discuss with a pain specialist" sheet.txt
grep -q "emergency department" sheet.txt
"$work/venv/bin/painrules" explore --answers me.yaml --format html | grep -q "prefers-color-scheme"
"$work/venv/bin/painrules" check >check.txt
grep -q "No problem and no gap found" check.txt
test "$(ls)" = "$(printf 'check.txt\nerrors.txt\nme.yaml\nsheet.txt')"
# Every file is as it was shipped; one that is not is noticed.
"$work/venv/bin/painrules" doctor >"$work/doctor.txt" || { cat "$work/doctor.txt"; exit 1; }
grep -q "as they were shipped" "$work/doctor.txt"
test -s "$work/venv/share/man/man1/painrules.1"
rules=$(find "$work/venv" -path '*content/rules/nsaids.yaml')
echo '# changed' >>"$rules"
if "$work/venv/bin/painrules" doctor >"$work/doctor.txt"; then exit 1; fi
grep -q "not as they were shipped" "$work/doctor.txt"
echo "the wheel installs and runs: $(ls "$work/dist"), $(du -k "$work"/dist/*.whl | cut -f1) kB"
