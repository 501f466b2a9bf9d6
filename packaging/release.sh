#!/bin/sh
# Build the wheel and the source archive of the last commit twice, in two folders that differ in what could get in, and
# compare them byte by byte. dist/ gets them, their sums, and the list of parts (CycloneDX). $1: python of the
# development environment.
set -eu
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
build() {  # $1: folder, $2: umask, $3: time zone
  umask "$2"
  mkdir -p "$work/$1"
  git archive HEAD | tar -x -C "$work/$1"
  TZ=$3 "$python" -m build --no-isolation --outdir "$work/$1.dist" "$work/$1" >"$work/$1.log" 2>&1 || { cat "$work/$1.log"; exit 1; }
}
(build one 022 UTC)
(build another/folder 077 Asia/Tokyo)
mkdir -p dist
rm -rf dist/*
for built in "$work"/one.dist/*; do
  cmp "$built" "$work/another/folder.dist/$(basename "$built")"
  cp "$built" dist/
done
chmod 644 dist/*
cat requirements/runtime.txt requirements/durable.txt >"$work/runtime.txt"
"$(dirname "$python")/cyclonedx-py" requirements "$work/runtime.txt" --pyproject pyproject.toml --mc-type application \
  --output-reproducible --output-format JSON --output-file dist/painrules.cdx.json 2>"$work/parts.log" || { cat "$work/parts.log"; exit 1; }
# The same parts wherever they were fetched from: addresses stay out.
"$python" - dist/painrules.cdx.json "$("$python" -c 'import painrules; print(painrules.__version__)')" <<'EOF'
import json, sys
def without_addresses(value):
    if isinstance(value, dict):
        return {key: without_addresses(inner) for key, inner in value.items() if key != "externalReferences"}
    return [without_addresses(inner) for inner in value] if isinstance(value, list) else value
with open(sys.argv[1], encoding="utf-8") as file:
    parts = without_addresses(json.load(file))
parts["metadata"]["component"]["version"] = sys.argv[2]
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(parts, file, indent=1, ensure_ascii=False)
EOF
(cd dist && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
