# shellcheck shell=bash
# Free ports on loopback, for the scripts that start servers. Sourced, not run.
#
# A port that was chosen is locked by a file descriptor which stays open across exec, so two
# scripts that choose at the same time never choose the same one, and the lock ends with the server.

# port_listeners: the ports that something listens on, one a line.
port_listeners() {
  local address state rest port
  while read -r _ address _ state rest; do
    [ "$state" = 0A ] || continue
    port=${address##*:}
    echo $((16#$port))
  done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
}

# port_listening PORT: whether something listens on it.
port_listening() {
  port_listeners | grep -qx "$1"
}

# port_holder PORT: who listens on it, in words.
port_holder() {
  local hex inode link pid
  hex=$(printf '%04X' "$1")
  inode=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port {print $10; exit}')
  if [ -n "$inode" ]; then
    link=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null || true)
    if [ -n "$link" ]; then
      pid=${link#/proc/}
      pid=${pid%%/*}
      echo "process $pid ($(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c1-80))"
      return
    fi
  fi
  echo 'another process'
}

# port_take PORT: locks the port for this process and what it execs. Fails when it is taken.
port_take() {
  local folder="${TMPDIR:-/tmp}/paperwire-ports-$UID" lock
  mkdir -p "$folder"
  exec {lock}>"$folder/$1"
  if ! flock -n "$lock"; then
    exec {lock}>&-
    return 1
  fi
  if port_listening "$1"; then
    exec {lock}>&-
    return 1
  fi
}

# port_choose: takes a free port below the range that outgoing connections use, into PORT_CHOSEN.
port_choose() {
  local try
  for try in {1..200}; do
    PORT_CHOSEN=$((20000 + (RANDOM * 32768 + RANDOM + try) % 10000))
    if port_take "$PORT_CHOSEN"; then
      return 0
    fi
  done
  echo 'no free port between 20000 and 29999' >&2
  return 1
}

# port_check TEXT: whether it is a port number that may be asked for.
port_check() {
  [[ "$1" =~ ^[0-9]{1,5}$ ]] && [ "$1" -ge 1 ] && [ "$1" -le 65535 ]
}
