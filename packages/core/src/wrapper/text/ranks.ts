import { sh } from './sh.ts';

/** Plain ranks: a leader in the command's place, which starts the copies and ends with the first failure. */
export const RANKS = sh`
sj_run_ranks() {
  . "$1" || exit 112
  sj_find "$sj_name" "$sj_path" "$sj_work"
  sj_find_env
  sj_umask=$(umask)
  umask 077
  sj_rank=0
  while [ "$sj_rank" -lt "$sj_ranks" ]; do
    sj_run_rank "$sj_rank" &
    sj_rank=$((sj_rank + 1))
  done | sj_first_failure
}

sj_run_rank() {
  (
    umask "$sj_umask"
    export SCIJOB_RANK="$1" SCIJOB_RANK_COUNT="$sj_ranks"
    sj_command
  ) </dev/null >>"$sj_folder/stdout.$sj_attempt.$1" 2>>"$sj_folder/stderr.$sj_attempt.$1" &
  wait "$!"
  printf '%s\n' "$?"
}

# Reads how each rank ended, as they end. Who ends before saying so was killed.
sj_first_failure() {
  sj_ended=0
  while IFS= read -r sj_line; do
    [ "$sj_line" = 0 ] || exit "$sj_line"
    sj_ended=$((sj_ended + 1))
  done
  [ "$sj_ended" = "$sj_ranks" ] || exit 137
}
`;
