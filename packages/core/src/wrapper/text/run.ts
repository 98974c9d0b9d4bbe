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
    sj_program=$sj_found
    [ -z "$sj_needs_env" ] || sj_find env "$sj_own_path" "$sj_home"
    sj_env=$sj_found sj_found=$sj_program
    return 0
  fi
  sj_reason=misconfigured
  return 1
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
  set +C
  if [ -n "$sj_ranks" ]; then
    exec $sj_setsid sh "$sj_self" --ranks "$sj_task_file"
  elif [ -n "$sj_setsid" ]; then
    sj_command "$sj_setsid"
  else
    sj_command
  fi
}

sj_write_start() {
  sj_birth_of "$sj_pid"
  case $sj_leads in 1) sj_rest=own ;; *) sj_rest=shared ;; esac
  printf 'attempt %s\nboot %s\npid %s\nbirth %s\ncommand %s\ncommand-birth %s\ngroup %s\n%sstarted %s\ndone\n' \
    "$sj_attempt" "$sj_boot" "$$" "$sj_own_birth" "$sj_pid" "$sj_birth" "$sj_rest" \
    "\${sj_host:+host $sj_host$sj_nl}" "$sj_started" 2>/dev/null >|"$sj_folder/start"
}

# The status of child $1 into sj_status. A trapped signal ends wait early; whether it did, the second wait tells,
# but for a child already gone: that one's status was the first.
sj_await() {
  sj_woken=
  wait "$1" 2>/dev/null
  sj_status=$?
  while [ -n "$sj_woken" ]; do
    sj_woken=
    kill -s 0 "$1" 2>/dev/null && sj_there=1 || sj_there=
    wait "$1" 2>/dev/null
    sj_rest=$?
    [ "$sj_rest" = 127 ] && [ -z "$sj_there" ] || sj_status=$sj_rest
  done
}

# Nothing of the command's stays behind. Who was sent TERM has the grace; others a second to end by themselves (tee).
sj_sweep() {
  if [ "$sj_stage" = run ]; then
    sj_stop_timer
    kill -s 0 -- "-$sj_pid" 2>/dev/null || return 0
    if [ -n "$sj_ranks" ]; then
      sj_terminate
    else
      sj_stage=linger
      sj_set_timer 1
    fi
  fi
  sj_pause=0.02
  for sj_next in 0.05 0.1 0.2 0.5; do
    sj_anything_left || break
    sj_nap "$sj_pause"
    sj_pause=$sj_next
  done
  while [ "$sj_stage" != killed ] && sj_anything_left; do sj_nap 0.5; done
  sj_stop_timer
  for sj_next in 0.02 0.05 0.1 0.2 0.5; do
    sj_anything_left || break
    sj_kill_all
    sj_nap "$sj_next"
  done
}

sj_anything_left() {
  if [ ! -r /proc/self/stat ]; then
    kill -s 0 -- "-$sj_pid" 2>/dev/null
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
