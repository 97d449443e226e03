# Sourced by test.sh: makes sure that Node.js and npm are on this machine, with which an independent implementation
# of Standard Webhooks judges what the platform signs.

node_found() {
  local oldest=18
  command -v npm >/dev/null && command -v node >/dev/null && [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge "$oldest" ] 2>/dev/null
}

node_missing() {
  echo "Node.js 18 or later with npm is needed: $1; install both." >&2
  exit 1
}

install_node() {
  local as_root=() log
  command -v apt-get >/dev/null || node_missing "none was found and there is no apt-get to install it with"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || node_missing "none was found, and installing it takes root or sudo"
    as_root=(sudo)
  fi

  echo "Installing Node.js with apt-get ..." >&2
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update &&
         "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    node_missing "apt-get could not install it (see above)"
  fi
  rm -f "$log"
}

if ! node_found; then
  install_node
  node_found || node_missing "the package source of this machine only has an older one"
fi
