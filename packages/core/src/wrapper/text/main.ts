import { sh } from './sh.ts';

/** Which of the three modes. */
export const MAIN = sh`
sj_run_many() {
  sj_many=1 sj_folder=
  while [ -z "$sj_quit" ]; do
    sj_woken=
    if IFS= read -r sj_next_file; then
      sj_task "$sj_next_file"
      # A TERM that came too late for this task is still its own; one that reached it is used up.
      [ -n "$sj_terminated" ] && sj_previous= || sj_previous=$sj_folder
      printf '%s\n' "$sj_next_file" || break
    elif [ -z "$sj_woken" ]; then
      break
    fi
  done
}

sj_self=$0
case \${1-} in
  '') printf 'usage: sh wrapper <argument-file> | --many\n' >&2; exit 64 ;;
  --ranks) sj_run_ranks "$2"; exit ;;
esac
sj_trap_signals
sj_who_are_we
sj_how_to_lead
sj_look_at_clock
case $1 in
  --many) sj_run_many ;;
  *) sj_task "$1" ;;
esac
`;
