import { sh } from './sh.ts';

/** Ending a command: TERM, the grace, KILL; for the group and whoever left it. */
export const SIGNALS = sh`
sj_trap_signals() {
  trap sj_on_term TERM
  trap sj_on_alarm ALRM
  trap 'sj_on_other INT' INT
  trap 'sj_on_other USR1' USR1
  trap 'sj_on_other USR2' USR2
  trap 'sj_woken=1 sj_heard="$sj_heard 129"' HUP
  trap 'sj_woken=1 sj_heard="$sj_heard 131"' QUIT
}

# TERM means cancel. With --many it is for the task that has a stop record, and without one for all that is left.
sj_on_term() {
  sj_woken=1
  if [ -n "$sj_many" ] && [ ! -e "$sj_folder/stop" ]; then
    [ -n "$sj_previous" ] && [ -e "$sj_previous/stop" ] && return 0
    sj_quit=1
  fi
  case $sj_stage in
    '') [ -n "$sj_many" ] || exit 143 ;;
    prepare) sj_terminated=1 ;;
    run) sj_terminated=1; sj_terminate ;;
    hash) kill -KILL "$sj_hash_pid" 2>/dev/null; sj_hasher= ;;
  esac
}

sj_on_other() {
  sj_woken=1
  case $sj_stage in
    prepare) sj_others="$sj_others $1" ;;
    run) sj_signal "$1" ;;
  esac
}

# A late one, from the timer of a task long over, is told by its time not having come.
sj_on_alarm() {
  sj_woken=1 sj_rang=1 sj_heard="$sj_heard 142"
  [ -z "$sj_busy" ] || return 0
  case $sj_stage in
    run | kill | grace | linger) ;;
    *) return 0 ;;
  esac
  sj_rang=
  sj_now
  sj_is_due || return 0
  case $sj_stage in
    run) sj_limited=1; sj_terminate ;;
    kill) sj_stage=killed; sj_kill_all ;;
    *) sj_stage=killed ;;
  esac
}

sj_signal() {
  { kill "-$1" "-$sj_pid" || kill "-$1" "$sj_pid"; } 2>/dev/null
}

# Stages: prepare, run, kill (TERM sent, waiting for the leader), grace (for the rest), linger, killed, hash, over.
sj_terminate() {
  [ "$sj_stage" = run ] || return 0
  sj_stage=kill sj_busy=1 sj_told=1
  sj_list_family
  sj_signal TERM
  sj_signal_family TERM
  sj_signal CONT
  sj_signal_family CONT
  sj_set_timer "$sj_grace"
  sj_busy=
  [ -z "$sj_rang" ] || sj_on_alarm
}

sj_kill_all() {
  sj_list_family
  sj_signal KILL
  sj_signal_family KILL
}

sj_signal_family() {
  for sj_part in $sj_family; do
    kill "-$1" "\${sj_part%:*}" 2>/dev/null
  done
}

# pid:birth of all that live in the group or the session, descend from them, or were listed before, into sj_family.
# Looks at every process: only where something is left. (timeout and mpirun open groups of their own.)
sj_list_family() {
  sj_all= sj_members=" $sj_pid " sj_old=" $sj_family "
  sj_family=
  set +f
  for sj_part in /proc/[0-9]*/stat; do
    sj_part=\${sj_part%/stat}
    sj_part=\${sj_part#/proc/}
    sj_birth_of "$sj_part" || continue
    set -f
    set -- \${sj_line##*) }
    [ "$1" = Z ] || sj_all="$sj_all $sj_part:$sj_birth:$2:$3:$4"
    set +f
  done
  set -f
  sj_grown=1
  while [ -n "$sj_grown" ]; do
    sj_grown=
    for sj_part in $sj_all; do
      IFS=:
      set -- $sj_part
      unset IFS
      case " $sj_family" in *" $1:"*) continue ;; esac
      if [ "$1" = "$sj_pid" ] || sj_belongs "$@"; then
        sj_family="$sj_family $1:$2" sj_members="$sj_members$1 " sj_grown=1
      fi
    done
  done
}

sj_belongs() {
  [ "$1" != "$$" ] || return 1
  case $sj_old in *" $1:$2 "*) return 0 ;; esac
  [ "$4" = "$sj_pid" ] || [ "$5" = "$sj_pid" ] && return 0
  case $sj_members in *" $3 "*) return 0 ;; esac
  return 1
}

# ALRM to this shell in $1 seconds. The time it is due is kept, to know a late one.
sj_set_timer() {
  sj_stop_timer
  sj_now
  sj_due=$1
  sj_set=$sj_time
  sj_mark=$!
  (
    trap '[ "$!" = "$sj_mark" ] || kill -KILL "$!" 2>/dev/null; exit' TERM
    sleep "$1" &
    wait "$!" || exit
    sj_birth_of "$$"
    [ "$sj_birth" = "$sj_own_birth" ] && kill -ALRM "$$"
  ) </dev/null >/dev/null 2>&1 &
  sj_timer_pid=$!
}

sj_is_due() {
  [ -n "$sj_timer_pid" ] || return 1
  sj_rest=$((\${sj_time%.*} - \${sj_set%.*} + 1))
  [ "$sj_rest" -ge "\${sj_due%.*}" ]
}

sj_stop_timer() {
  [ -z "$sj_timer_pid" ] || kill -TERM "$sj_timer_pid" 2>/dev/null
  sj_timer_pid=
}
`;
