#!/usr/bin/env bash
# Builds what changed and starts the platform on http://localhost:5080, on a database of its own in .data/.
# Usage: infra/run.sh [--demo | verify | rebuild]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

project=src/RegionEscalation.Host
output=$project/bin/Release/net10.0
host=$output/RegionEscalation.Host.dll
stamp=$output/sources.stamp

command -v dotnet >/dev/null || { echo "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download" >&2; exit 1; }
[ -n "${ConnectionStrings__Escalation:-}" ] || source infra/ensure-postgres.sh

# An up-to-date check by MSBuild takes several seconds; this one is for the second start.
sources() { find src ./*.props global.json .editorconfig \( -name bin -o -name obj \) -prune -o -type f "$@" -print; }
listed=$(sources | sort)
if [ ! -f "$host" ] || [ "$listed" != "$(cat "$stamp" 2>/dev/null)" ] || [ -n "$(sources -newer "$stamp")" ]; then
  log=$(mktemp)
  # Written before the build, so that a file saved while it runs is newer.
  mkdir -p "$output"
  echo "$listed" >"$stamp.new"
  echo "Building ..." >&2
  dotnet build "$project" -c Release -nologo >"$log" 2>&1 </dev/null || { cat "$log" >&2; rm -f "$log"; exit 1; }
  rm -f "$log"
  mv "$stamp.new" "$stamp"
fi

export ASPNETCORE_ENVIRONMENT=${ASPNETCORE_ENVIRONMENT:-Development}
export ASPNETCORE_URLS=${ASPNETCORE_URLS:-http://localhost:5080}
export ASPNETCORE_CONTENTROOT=${ASPNETCORE_CONTENTROOT:-$PWD/$project}
export EmbeddedPostgres__Root=${EmbeddedPostgres__Root:-$PWD}
exec dotnet "$host" "$@"
