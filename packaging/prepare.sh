# What run.sh and test.sh share: find the tools, install the system packages that are missing, build.
# Sourced, not run. Quiet when there is nothing to do; every failure is one sentence and what to do next.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
log=$root/target/log
mkdir -p "$log"

say() { printf '%s\n' "$*"; }
stop() { printf '\nrekam: %s\n' "$*" >&2; exit 1; }

# Runs a long command with its output in a log, and shows the end of that log only if it fails.
quietly() { # name, command...
  local name=$1 started=$SECONDS file
  file=${name%% (*} file=${file// /-}.log
  shift
  printf '%-44s' "  $name"
  if "$@" >"$log/$file" 2>&1 </dev/null; then
    printf '%4s s\n' $((SECONDS - started))
  else
    printf ' failed\n'
    tail -n 40 "$log/$file" >&2
    stop "\"$name\" failed; the whole output is in target/log/$file"
  fi
}

need_tools() {
  local wanted have
  command -v cargo >/dev/null || stop "cargo was not found. Install Rust $(rust_wanted) or newer with rustup, then start this again."
  have=$(rustc --version 2>/dev/null) || stop "rustc does not run. Run: rustup default stable"
  wanted=$(rust_wanted) have=$(cut -d' ' -f2 <<<"$have")
  at_least "$wanted" "$have" || stop "Rust $wanted or newer is needed, this is $have. Run: rustup update stable"
  command -v node >/dev/null && command -v npm >/dev/null || stop "node and npm were not found. Install Node.js 20 or newer, then start this again."
  have=$(node --version) have=${have#v}
  at_least 20 "$have" || stop "Node.js 20 or newer is needed, this is $have."
}
rust_wanted() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# Packages named in the given lists that dpkg does not show as installed.
missing_packages() {
  local wanted installed
  wanted=$(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$@" | sort -u)
  # dpkg-query answers for the packages it knows and complains about the others: its complaint is what we look for.
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | sort -u)
  comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

install_packages() { # list files...
  local missing as_root=""
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian: please see to it that the packages of ${*#"$root"/} are installed under the names they have here."
    return
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root="sudo"
    else
      stop "these system packages are missing and only root can install them. As root run this, then start again:
  apt-get update && apt-get install --no-install-recommends" $missing
    fi
  fi
  say "Installing system packages:" $missing
  quietly "package lists" $as_root apt-get update
  # shellcheck disable=SC2086
  quietly "system packages" $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

# The screens: packages of the lock file once, a new bundle when a source is newer than the last one.
build_screens() {
  local ui=$root/ui
  if [ ! -e "$ui/node_modules/.package-lock.json" ] || [ "$ui/package-lock.json" -nt "$ui/node_modules/.package-lock.json" ]; then
    quietly "screen packages" npm ci --prefix "$ui" --no-audit --no-fund
  fi
  if [ ! -e "$ui/dist/index.html" ] || [ -n "$(find "$ui" "$root/src-tauri/crates/domain/text" \
      \( -name node_modules -o -name dist \) -prune -o -type f -newer "$ui/dist/index.html" -print -quit)" ]; then
    quietly "screens" npm run build --prefix "$ui"
  fi
}

# The programs a person starts, with the same selection of crates as the tests, so that nothing is built twice.
build_programs() { quietly "programs (long the first time)" cargo build --workspace --manifest-path "$root/Cargo.toml" --locked; }

programs=${CARGO_TARGET_DIR:-$root/target}/debug
