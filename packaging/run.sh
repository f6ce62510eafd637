#!/usr/bin/env bash
# Starts Rekam with a demonstration office, as a newcomer meets it.
#   ./packaging/run.sh              the window; without a display a simulated day and a walk through the procedures
#   ./packaging/run.sh --headless   never the window
set -euo pipefail
# shellcheck source=packaging/prepare.sh
. "$(dirname "$0")/prepare.sh"

headless=""
case ${1:-} in
  "") ;;
  --headless) headless="asked for" ;;
  *) stop "I know only --headless, not \"$1\"." ;;
esac

need_tools
install_packages "$root/packaging/apt-packages.txt"
build_screens
build_programs

data=$(mktemp -d)
window="" # what runs in the background and must end with us
clean_up() {
  trap - EXIT INT TERM HUP
  [ -z "$window" ] || { kill "$window" 2>/dev/null; wait "$window" 2>/dev/null; } || true
  rm -rf "$data"
}
trap clean_up EXIT
trap 'clean_up; exit 130' INT TERM HUP

"$programs/rekam" station demonstrate --data "$data"

if [ -z "$headless" ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then headless="there is no display"; fi
if [ -z "$headless" ]; then
  say "Opening the window. Close it to end; the demonstration office is removed then."
  "$programs/rekam-desk" --data "$data" &
  window=$!
  ended=0
  wait "$window" || ended=$?
  window=""
  [ "$ended" = 2 ] || exit "$ended"
  headless="the display cannot be used"
fi

say "Running without a window: $headless."
say
# In the background, so that Ctrl-C and a closed terminal are heeded at once.
"$programs/rekam" day --data "$data" --people 12 &
window=$!
wait "$window"
window=""
"$programs/rekam" audit verify --data "$data"
for profile in $("$programs/rekam" profile list --ids); do
  say
  "$programs/rekam" sop walk "$profile"
done
say
"$programs/rekam" profile list
say "A day of made-up people was recorded and every procedure walked to its end. With a display the same command opens the window."
