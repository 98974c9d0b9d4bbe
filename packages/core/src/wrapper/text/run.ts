import { sh } from './sh.ts';

/** The command's life: looked up, forked, waited for, swept up behind. */
export const RUN = sh`
# What keeps the command from being run at all, into sj_reason and sj_note.
sj_check() {
  if [ ! -d "$sj_work" ] || [ ! -x "$sj_work" ]; then
    sj_status=126 sj_note="work directory missing or closed: $sj_work_label"
  elif ! sj_find "$sj_name" "$sj_path" "$sj_work"; then
    sj_status=$sj_code
    case $sj_code in
      126) sj_note="command not executable: $sj_label" ;;
      *) sj_note="command not found: $sj_label" ;;
    esac
  else
    sj_find_env
    return 0
  fi
  sj_reason=misconfigured
  return 1
}

sj_find_env() {
  [ -n "$sj_needs_env" ] || return 0
  sj_program=$sj_found
  sj_find env "$sj_own_path" "$sj_home"
  sj_env=$sj_found sj_found=$sj_program
}

# A child that becomes the command: what it exports and where it goes leaves no trace here.
sj_launch() {
  sj_pid=
  {
    [ -z "$sj_monitor" ] || set -m
    ( sj_become ) &
    sj_pid=$!
    [ -z "$sj_monitor" ] || set +m
  } </dev/null 2>>"$sj_folder/stderr.$sj_attempt" >>"$sj_folder/stdout.$sj_attempt"
  [ -n "$sj_pid" ]
}

sj_become() {
  umask "$sj_umask"
  if [ -n "$sj_ranks" ]; then
    exec \${sj_setsid:+"$sj_setsid"} sh "$sj_self" --ranks "$sj_task_file"
  elif [ -n "$sj_setsid" ]; then
    sj_command "$sj_setsid"
  else
    sj_command
  fi
}

sj_write_start() {
  sj_birth_of "$sj_pid"
  printf 'attempt %s\nboot %s\npid %s\nbirth %s\ncommand %s\ncommand-birth %s\ngroup %s\n%sstarted %s\ndone\n' \
    "$sj_attempt" "$sj_boot" "$$" "$sj_own_birth" "$sj_pid" "$sj_birth" "$sj_group" \
    "\${sj_host:+host $sj_host$sj_nl}" "$sj_started" 2>/dev/null >|"$sj_folder/start"
}

# The status of child $1 into sj_status. A trapped signal ends wait early with its own 128 + n: such a number is
# believed when it keeps coming with the child gone. dash forgets a child it has told of (127), bash may lose one that
# ends as a signal comes (-1), or tell of the signal instead: not believed, where the signal was not passed on.
sj_await() {
  sj_status= sj_there=1 sj_same= sj_heard=
  while :; do
    sj_woken=
    wait "$1" 2>/dev/null
    sj_again=$?
    case $sj_again.$sj_there in
      127.) return 0 ;;
      -1.* | 257.*) sj_status=lost; return 0 ;;
      129.* | 13[018].* | 14[023].*) ;;
      *) sj_status=$sj_again; return 0 ;;
    esac
    if [ "$sj_again" = "$sj_status" ] && [ -z "$sj_there$sj_woken" ]; then
      sj_same=1$sj_same
      [ "$sj_same" != 111 ] || break
    else
      sj_same=
    fi
    sj_status=$sj_again
    kill -0 "$1" 2>/dev/null || sj_there=
  done
  [ -z "\${BASH_VERSION-}" ] || case $sj_heard in *"$sj_status"*) sj_status=lost ;; esac
}

# Nothing of the command's stays behind. Who was sent TERM has the grace; others a second to end by themselves (tee).
sj_sweep() {
  case $sj_stage in
    run)
      kill -0 "-$sj_pid" 2>/dev/null || { sj_stage=swept; sj_stop_timer; return 0; }
      if [ -n "$sj_ranks" ]; then
        sj_terminate
        sj_stage=grace
      else
        sj_stage=linger
        sj_set_timer 1
      fi ;;
    kill) sj_stage=grace ;;
  esac
  sj_pause=0.02
  while [ "$sj_stage" != killed ] && sj_anything_left; do
    sj_nap "$sj_pause"
    case $sj_pause in 0.02) sj_pause=0.05 ;; 0.05) sj_pause=0.1 ;; *) sj_pause=0.3 ;; esac
  done
  sj_stop_timer
  for sj_next in 0.02 0.05 0.1 0.2 0.5; do
    sj_anything_left || break
    sj_kill_all
    sj_nap "$sj_next"
  done
}

sj_anything_left() {
  if [ ! -r /proc/self/stat ]; then
    kill -0 "-$sj_pid" 2>/dev/null
    return
  fi
  sj_list_family
  [ -n "$sj_family" ]
}

sj_nap() {
  sleep "$1" 2>/dev/null &
  sj_nap_pid=$!
  wait "$sj_nap_pid" 2>/dev/null
  [ "$?" != 1 ] || sleep 1
}
`;
