import { sh } from './sh.ts';

/** What every mode needs: the shell made predictable, time, programs, who we are. */
export const PRELUDE = sh`
# The scijob wrapper: runs tasks, writes their claim, start and end records.
#   sh wrapper <argument-file>     one task
#   sh wrapper --many              argument files from stdin, one a line; each printed when its task is over
# Only the shell's own commands per task: a process costs more than all the rest together.
set +aefuvx
set -fC
sj_umask=
sj_own_path=\${PATH:-/usr/bin:/bin}
sj_home=$PWD
sj_nl='
'
sj_odd='\
'
sj_stage= sj_many= sj_quit= sj_woken= sj_folder= sj_previous= sj_before= sj_timer_pid= sj_pid= sj_busy=

# Seconds since 1970 into sj_time: one look at the clock, from then on the time since boot.
sj_now() {
  if [ -n "$sj_epoch" ] && { IFS=' ' read -r sj_up sj_rest; } 2>/dev/null </proc/uptime; then
    sj_up=$((\${sj_up%.*} * 100 + 1\${sj_up#*.} - 100 + sj_epoch))
    sj_rest=$((sj_up % 100 + 100))
    sj_time=$((sj_up / 100)).\${sj_rest#1}
  else
    sj_time=$(date +%s)
  fi
}

sj_look_at_clock() {
  sj_epoch=
  { IFS=' ' read -r sj_up sj_rest; } 2>/dev/null </proc/uptime || return 0
  case $sj_up in *.[0-9][0-9]) ;; *) return 0 ;; esac
  sj_rest=\${EPOCHREALTIME:-$(date +%s.%N)}
  sj_time=\${sj_rest%%[.,]*}
  sj_rest=\${sj_rest#*[.,]}
  case $sj_rest in [0-9][0-9]*) sj_rest=\${sj_rest%"\${sj_rest#??}"} ;; *) sj_rest=50 ;; esac
  sj_epoch=$((sj_time * 100 + 1$sj_rest - 100 - \${sj_up%.*} * 100 - 1\${sj_up#*.} + 100))
}

# A program's path into sj_found, looked up as execvp would: <name> <PATH> <folder for relative parts>.
sj_find() {
  sj_found= sj_code=127
  case $1 in
    */*) sj_try "$1" "$3"; return ;;
  esac
  IFS=:
  for sj_part in \${2:-.}; do
    sj_try "\${sj_part:-.}/$1" "$3" && break
  done
  unset IFS
  [ -n "$sj_found" ]
}

sj_try() {
  case $1 in
    /*) sj_rest=$1 ;;
    *) sj_rest=$2/$1 ;;
  esac
  [ -f "$sj_rest" ] || return 1
  if [ -x "$sj_rest" ]; then sj_found=$sj_rest; else sj_code=126; return 1; fi
}

# When process $1 was started into sj_birth; '-' where nothing tells. Its name may hold anything, so count from the last ')'.
sj_birth_of() {
  sj_birth=- sj_state=- sj_line=
  { while IFS= read -r sj_rest; do sj_line=$sj_rest; done; } 2>/dev/null </proc/$1/stat || return 1
  set -- \${sj_line##*) }
  sj_state=$1
  sj_birth=\${20:--}
}

sj_who_are_we() {
  { IFS= read -r sj_boot; } 2>/dev/null </proc/sys/kernel/random/boot_id || sj_boot=-
  { IFS= read -r sj_host; } 2>/dev/null </proc/sys/kernel/hostname || sj_host=
  sj_birth_of "$$"
  sj_own_birth=$sj_birth
  { read -r sj_rest && read -r sj_rest sj_umask; } 2>/dev/null </proc/$$/status
  [ "$sj_rest" = Umask: ] || sj_umask=$(umask)
  umask 077
}

# How a command gets its own process group: by setsid a session of its own with it; without that tool bash can, too.
sj_how_to_lead() {
  sj_monitor= sj_setsid= sj_group=own
  if sj_find setsid "$sj_own_path" "$sj_home"; then
    sj_setsid=$sj_found
    return 0
  fi
  { set -m; } 2>/dev/null
  case \${BASH_VERSION:+$-} in *m*) sj_monitor=1 ;; *) sj_group=shared ;; esac
  set +m
}
`;
