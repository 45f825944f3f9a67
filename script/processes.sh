# shellcheck shell=bash
# Starts processes, watches them and stops them: for script/up and script/test. Sourced, not run.
# The caller sets `state` to a folder for the logs, and calls stop_all when it ends.
# shellcheck disable=SC2154

declare -a process_names=()
declare -A process_ids=()
foreground_id=''

# start NAME COMMAND…: in the background, with a log at $state/NAME.log. It does not hear the
# terminal's Ctrl-C, so that the order of stopping is ours; it is told to stop should this shell die.
start() {
  local name=$1
  shift
  setsid setpriv --pdeathsig TERM "$@" >"$state/$name.log" 2>&1 </dev/null &
  process_ids[$name]=$!
  process_names+=("$name")
}

# foreground COMMAND…: runs and waits, so that a signal to this shell is acted upon at once.
foreground() {
  local code=0
  "$@" &
  foreground_id=$!
  wait "$foreground_id" || code=$?
  foreground_id=''
  return "$code"
}

# report NAME: the end of its log, for people.
report() {
  echo "--- the last lines of $state/$1.log:" >&2
  tail -n 10 "$state/$1.log" >&2
}

# alive NAME: whether it still runs; says so if not.
alive() {
  local code=0
  kill -0 "${process_ids[$1]}" 2>/dev/null && return 0
  { wait "${process_ids[$1]}"; } 2>/dev/null || code=$?
  unset "process_ids[$1]"
  echo "script/${0##*/}: $1 ended (exit code $code)" >&2
  report "$1"
  return 1
}

# comes_up NAME SECONDS COMMAND…: waits until the command succeeds. Fails, with a word and the log,
# when NAME ends before or the time is over.
comes_up() {
  local name=$1 end=$((SECONDS + $2))
  shift 2
  until "$@"; do
    alive "$name" || return 1
    if [ "$SECONDS" -ge "$end" ]; then
      echo "script/${0##*/}: $name did not come up" >&2
      report "$name"
      return 1
    fi
    sleep 0.1
  done
}

# await NAME SECONDS COMMAND…: as comes_up, but ends the script where that fails, as it does when
# anything else that was started has ended meanwhile.
await() {
  comes_up "$@" || exit 1
  all_alive
}

# all_alive: ends the script if a process that was started has ended.
all_alive() {
  local name
  for name in "${process_names[@]}"; do
    [ -z "${process_ids[$name]:-}" ] || alive "$name" || exit 1
  done
}

# watch_all: waits until one of them ends, and ends the script.
watch_all() {
  while true; do
    wait -n "${process_ids[@]}" || true
    all_alive
  done
}

# stop NAME: SIGTERM, and SIGKILL if it is still there after 40 seconds.
stop() {
  local id=${process_ids[$1]:-} end=$((SECONDS + 40))
  [ -n "$id" ] || return 0
  unset "process_ids[$1]"
  kill -TERM "$id" 2>/dev/null || true
  while kill -0 "$id" 2>/dev/null; do
    if [ "$SECONDS" -ge "$end" ]; then
      echo "script/${0##*/}: $1 does not stop; killing it" >&2
      kill -KILL "$id" 2>/dev/null || true
      break
    fi
    sleep 0.05
  done
  wait "$id" 2>/dev/null || true
}

# stop_all: what was started, the last first.
stop_all() {
  local i stopped=''
  if [ -n "$foreground_id" ]; then
    kill -TERM "$foreground_id" 2>/dev/null || true
    wait "$foreground_id" 2>/dev/null || true
    foreground_id=''
  fi
  for ((i = ${#process_names[@]} - 1; i >= 0; i--)); do
    if [ -n "${process_ids[${process_names[$i]}]:-}" ]; then
      stop "${process_names[$i]}"
      stopped+=" ${process_names[$i]}"
    fi
  done
  process_names=()
  if [ -n "$stopped" ]; then
    echo "script/${0##*/}: stopped$stopped" >&2
  fi
}
