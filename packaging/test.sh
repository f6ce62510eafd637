#!/usr/bin/env bash
# Installs what is missing, builds once, and passes every test. CI calls this and nothing else.
#   ./packaging/test.sh          the short form, for every change
#   ./packaging/test.sh --long   the same campaigns, long
set -euo pipefail
# shellcheck source=packaging/prepare.sh
. "$(dirname "$0")/prepare.sh"

case ${1:-} in
  "") ;;
  --long) export REKAM_LONG=1 ;;
  *) stop "I know only --long, not \"$1\"." ;;
esac

need_tools
install_packages "$root/packaging/apt-packages.txt" "$root/packaging/apt-packages-test.txt"
cd "$root"
export CARGO_TERM_COLOR=never

say "Building"
build_screens
build_programs
quietly "tests" cargo test --workspace --all-targets --locked --no-run
quietly "independent judges" "$root/tests/peers/prepare.sh"

# What is found here fails the run, but does not keep the tests from being run.
ended=0
say "Checking style"
if cargo fmt --version >/dev/null 2>&1; then
  (quietly "formatting" cargo fmt --all --check) || ended=1
fi
if cargo clippy --version >/dev/null 2>&1; then
  (quietly "lints" cargo clippy --workspace --all-targets --locked -- -D warnings) || ended=1
fi
(quietly "screens, typed" npm run check --prefix ui) || ended=1

say "Testing"
results=$log/tests.log
: >"$results"
rm -rf "$root/target/campaign"
run_tests() { cargo test --workspace --locked --no-fail-fast "$@" </dev/null 2>&1 | tee -a "$results" || ended=1; }
run_tests --doc
run_tests --all-targets

# One line for everything, in the form that every runner's reader knows.
count() { sed -n "s/^test result: .* \([0-9]*\) $1;.*/\1/p" "$results" | awk '{ sum += $1 } END { print sum + 0 }'; }
passed=$(count passed) failed=$(count failed)
say
if [ -d "$root/target/campaign" ]; then
  say "| campaign | what was done | tried | lost or found | also seen | seconds |"
  say "|---|---|---|---|---|---|"
  cat "$root"/target/campaign/*.row
  say
fi
[ ! -e "$root/target/gallery/index.html" ] || say "Screenshots of the window: target/gallery/index.html"
[ "$passed" -gt 0 ] || ended=1
# A test program that was killed leaves no count of its own.
[ "$ended" = 0 ] || [ "$failed" -gt 0 ] || failed=1
say "$passed passed, $failed failed"
exit "$ended"
