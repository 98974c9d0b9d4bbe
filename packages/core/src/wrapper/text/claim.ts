import { sh } from './sh.ts';

/** The guard: whose task this is, decided by one exclusive creation. */
export const CLAIM = sh`
# 0: ours to run. 113: not ours. 112: nobody's, the folder cannot be written.
sj_claim() {
  if printf 'native %s\nboot %s\npid %s\nbirth %s\ndone\n' "$sj_native" "$sj_boot" "$$" "$sj_own_birth" \
    2>/dev/null >"$sj_folder/claim"; then
    return 0
  fi
  [ -e "$sj_folder/claim" ] || return 112
  # The same native job once more is a restart, unless it ended, or runs.
  sj_read_identity "$sj_folder/claim"
  [ -n "$sj_whole" ] && [ "$sj_holder" = "$sj_native" ] && [ ! -e "$sj_folder/end" ] || return 113
  sj_is_running "$sj_boot_id" "$sj_its_pid" "$sj_its_birth" && return 113
  sj_read_identity "$sj_folder/start"
  sj_is_running "$sj_boot_id" "$sj_its_pid" "$sj_its_birth" && return 113
  sj_is_running "$sj_boot_id" "$sj_command" "$sj_command_birth" && return 113
  return 0
}

sj_read_identity() {
  sj_whole= sj_holder= sj_boot_id= sj_its_pid= sj_its_birth= sj_command= sj_command_birth=
  [ -f "$1" ] || return 0
  while IFS= read -r sj_line; do
    case $sj_line in
      'native '*) sj_holder=\${sj_line#native } ;;
      'boot '*) sj_boot_id=\${sj_line#boot } ;;
      'pid '*) sj_its_pid=\${sj_line#pid } ;;
      'birth '*) sj_its_birth=\${sj_line#birth } ;;
      'command '*) sj_command=\${sj_line#command } ;;
      'command-birth '*) sj_command_birth=\${sj_line#command-birth } ;;
      'done') sj_whole=1 ;;
    esac
  done <"$1"
}

sj_is_running() {
  [ "$1" = "$sj_boot" ] && [ -n "$2" ] && [ "$2" != 0 ] && kill -0 "$2" 2>/dev/null || return 1
  sj_birth_of "$2"
  [ "$sj_birth" = "$3" ] && [ "$sj_state" != Z ]
}
`;
