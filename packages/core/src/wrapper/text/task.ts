import { sh } from './sh.ts';

/** One task from its argument file to its end record. */
export const TASK = sh`
sj_task() {
  sj_complete= sj_version=
  case $1 in /*) sj_task_file=$1 ;; *) sj_task_file=$sj_home/$1 ;; esac
  [ -r "$sj_task_file" ] && . "$sj_task_file" && [ "$sj_complete" = 1 ] && [ "$sj_version" = 1 ] || return 112
  sj_status= sj_reason= sj_note= sj_missing= sj_used= sj_terminated= sj_limited= sj_told= sj_rang= sj_others= sj_family= sj_stage=prepare
  sj_claim || { sj_code=$?; sj_stage=; return "$sj_code"; }
  sj_now
  sj_started=$sj_time
  if ! sj_check; then
    printf 'scijob: %s\n' "$sj_note" 2>/dev/null >>"$sj_folder/stderr.$sj_attempt"
  elif [ -n "$sj_terminated" ] || { [ -n "$sj_many" ] && [ -e "$sj_folder/stop" ]; }; then
    sj_status=143 sj_terminated=1
  elif ! sj_launch; then
    sj_status=126 sj_reason=infrastructure sj_note='the log files could not be opened'
  else
    [ -z "$sj_limit" ] || sj_set_timer "$sj_limit"
    sj_write_start
    # From here signals act at once; what came before is made up for.
    sj_stage=run
    for sj_other in $sj_others; do sj_signal "$sj_other"; done
    [ -z "$sj_terminated" ] || sj_terminate
    [ -z "$sj_rang" ] || sj_on_alarm
    sj_await "$sj_pid"
    sj_sweep
    [ "$sj_status" != lost ] || sj_reason=unknown sj_note="the shell lost the command's exit status"
    [ -z "$sj_limited" ] || sj_reason=time-limit
    sj_collect
  fi
  sj_stage=over
  [ -z "$sj_missing" ] || [ "$sj_status" != 0 ] || [ -n "$sj_reason" ] || sj_reason=output-missing
  sj_write_end
  sj_stage=
  case $sj_status.$sj_reason in
    0.) return 0 ;;
    0.* | lost.*) return 114 ;;
    *) return "$sj_status" ;;
  esac
}

# 128 + n for a signal that kills and dumps; a command that exits with such a number looks the same from here.
sj_ending() {
  case $sj_status in
    129 | 13[0-9] | 14[0-4] | 15[2-5] | 15[7-9]) sj_ending="signal $((sj_status - 128))" ;;
    lost) sj_ending='lost 1' ;;
    *) sj_ending="exit $sj_status" ;;
  esac
}

sj_write_end() {
  sj_now
  sj_ending
  sj_memory=
  [ -z "$sj_peak" ] || { IFS=' ' read -r sj_memory sj_rest; } 2>/dev/null <"$sj_peak"
  case $sj_memory in *[!0-9]*) sj_memory= ;; esac
  [ "$sj_reason" = output-missing ] || sj_missing=
  [ ! -e "$sj_folder/end" ] || return 1
  # On a full disk the record is worth some waiting: nobody else knows how this ended.
  for sj_pause in 1 2 4 8 16 0; do
    {
      times
      printf 'attempt %s\n%s\n%s%s%s%s%s%sstarted %s\nended %s\n%sdone\n' "$sj_attempt" "$sj_ending" \
        "\${sj_before:+before $sj_before$sj_nl}" "\${sj_used:+used $sj_used$sj_nl}" \
        "\${sj_reason:+reason $sj_reason$sj_nl}" "\${sj_note:+note $sj_note$sj_nl}" \
        "\${sj_missing:+missing $sj_missing$sj_nl}" "\${sj_terminated:+terminated 1$sj_nl}" \
        "$sj_started" "$sj_time" "\${sj_memory:+memory $sj_memory$sj_nl}"
    } 2>/dev/null >|"$sj_folder/end" && break
    [ "$sj_pause" = 0 ] || sleep "$sj_pause"
  done
  [ -z "$sj_many" ] || { IFS= read -r sj_rest && IFS= read -r sj_before; } 2>/dev/null <"$sj_folder/end"
}
`;
