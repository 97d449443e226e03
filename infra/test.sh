#!/usr/bin/env bash
# Builds everything and runs every test. The last line is "N passed, N failed", or "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where standard input is closed, the next file that is opened would become it.
exec </dev/null
# The summary is read below, so it has to be in English.
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_NOLOGO=true DOTNET_CLI_TELEMETRY_OPTOUT=true

passed=0 failed=1 skipped=0
log=$(mktemp)
finish() {
  status=$?
  rm -f "$log"
  [ "$failed" -eq 0 ] || [ "$status" -ne 0 ] || status=1
  [ "$skipped" -eq 0 ] && echo "$passed passed, $failed failed" || echo "$passed passed, $failed failed, $skipped skipped"
  exit "$status"
}
trap finish EXIT

quietly() { "$@" >"$log" 2>&1 || { cat "$log"; exit 1; }; }

command -v dotnet >/dev/null || { echo "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download" >&2; exit 1; }
source infra/ensure-postgres.sh
source infra/ensure-node.sh
quietly dotnet restore RegionEscalation.sln --locked-mode
# Not incremental: a project that is up to date would not repeat its warnings.
quietly dotnet build RegionEscalation.sln -c Release --no-restore --no-incremental

status=0
dotnet test --solution RegionEscalation.sln -c Release --no-build --no-progress --no-ansi 2>&1 | tee "$log" || status=$?

# The last summary, as a test may print anything before it.
count() { awk -v key="$1:" '/^Test run summary:/ { n = 0 } $1 == key { n = $2 } END { print n + 0 }' "$log"; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
# A run that broke off, or one in which a project ran no test, has failed even when no test has.
if [ "$failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; }; then
  failed=1
fi
exit "$status"
