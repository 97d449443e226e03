# Sourced by run.sh and test.sh: makes sure that PostgreSQL's server programs are on this machine.
# The search is the one of EmbeddedPostgres, which starts them.

postgres_found() {
  local oldest=15 folder program
  if [ -n "${EmbeddedPostgres__Binaries:-}" ]; then
    [ -x "$EmbeddedPostgres__Binaries/initdb" ] || postgres_missing "there is none in $EmbeddedPostgres__Binaries"
    return
  fi
  for folder in /usr/lib/postgresql/*/; do
    [ -x "${folder}bin/postgres" ] && [ "$(basename "$folder")" -ge "$oldest" ] 2>/dev/null && return
  done
  program=$(type -P initdb) || return 1
  [ "$("$program" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')" -ge "$oldest" ] 2>/dev/null
}

postgres_missing() {
  echo "PostgreSQL 15 or later is needed: $1; install its server package, or set EmbeddedPostgres__Binaries to its bin folder." >&2
  exit 1
}

install_postgres() {
  local as_root=() dropin=/etc/postgresql-common/createcluster.d/region-escalation.conf log
  command -v apt-get >/dev/null || postgres_missing "none was found and there is no apt-get to install it with"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || postgres_missing "none was found, and installing it takes root or sudo"
    as_root=(sudo)
  fi

  echo "Installing PostgreSQL with apt-get ..." >&2
  log=$(mktemp)
  # The package would make a database of its own and start it as a service; only its programs are wanted.
  "${as_root[@]}" mkdir -p "${dropin%/*}"
  echo "create_main_cluster = false" | "${as_root[@]}" tee "$dropin" >/dev/null
  if ! { "${as_root[@]}" apt-get update &&
         "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; } >"$log" 2>&1 </dev/null; then
    "${as_root[@]}" rm -f "$dropin"
    cat "$log" >&2
    rm -f "$log"
    postgres_missing "apt-get could not install it (see above)"
  fi
  "${as_root[@]}" rm -f "$dropin"
  rm -f "$log"
}

if ! postgres_found; then
  install_postgres
  postgres_found || postgres_missing "the package source of this machine only has an older one"
fi
