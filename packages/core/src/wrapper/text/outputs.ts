import { sh } from './sh.ts';

/** Declared outputs: found by the shell's own patterns, hashed, written as `sha256sum` would. */
export const OUTPUTS = sh`
sj_collect() {
  sj_missing=
  [ "$sj_declared" != 0 ] || return 0
  sj_batch= sj_batched=0
  if ! command cd "$sj_work" 2>/dev/null; then
    [ "$sj_status" != 0 ] || sj_reason=\${sj_reason:-infrastructure} sj_note="work directory gone: $sj_work_label"
    return 0
  fi
  sj_pick_hasher
  {
    times
    IFS=
    set +f
    sj_outputs
    sj_flush
    set -f
    unset IFS
    printf 'done\n'
  } 2>/dev/null >|"$sj_folder/outputs"
  command cd "$sj_home" 2>/dev/null || command cd /
  { IFS= read -r sj_rest && IFS= read -r sj_used; } 2>/dev/null <"$sj_folder/outputs"
  return 0
}

# Who was told to go has no time to read gigabytes.
sj_pick_hasher() {
  sj_hasher=
  [ -z "$sj_told" ] || return 0
  if sj_find sha256sum "$sj_own_path" /; then sj_hasher="$sj_found"
  elif sj_find shasum "$sj_own_path" /; then sj_hasher="$sj_found$sj_nl-a\${sj_nl}256"
  elif sj_find openssl "$sj_own_path" /; then sj_hasher="$sj_found\${sj_nl}dgst$sj_nl-sha256$sj_nl-r"
  fi
}

# index type optional path-or-pattern
sj_output() {
  sj_hits=0
  case $2 in
    files) sj_expand '' "$4" ;;
    *) sj_hit "$4" ;;
  esac
  [ "$sj_hits" != 0 ] || [ "$3" = 1 ] || sj_missing=\${sj_missing:-$1}
}

# <folder/> <pattern>: a pattern in a variable is matched, never run.
sj_expand() {
  case $2 in
    '**') sj_descend "$1" '*' ;;
    '**/'*) sj_descend "$1" "\${2#'**/'}" ;;
    */'**' | */'**/'*)
      for sj_part in "$1"\${2%%/\*\**}/; do
        [ ! -d "$sj_part" ] || sj_expand "$sj_part" "\${2#"\${2%%/\*\**}"/}"
      done ;;
    *) for sj_part in "$1"$2; do sj_hit "$sj_part"; done ;;
  esac
}

sj_descend() {
  sj_expand "$1" "$2"
  for sj_part in "$1"*/; do
    [ -L "\${sj_part%/}" ] || [ ! -d "$sj_part" ] || sj_descend "$sj_part" "$2"
  done
}

sj_hit() {
  [ -f "$1" ] || return 0
  sj_hits=1
  case $1 in
    /*) sj_file=$1 ;;
    *) sj_file=./$1 ;;
  esac
  case $sj_file in
    *["$sj_odd"]*) sj_hash_odd "$sj_file" ;;
    *)
      sj_batch=$sj_batch$sj_file$sj_nl
      sj_batched=$((sj_batched + 1))
      [ "$sj_batched" -lt 200 ] || sj_flush ;;
  esac
}

sj_flush() {
  [ -n "$sj_batch" ] || return 0
  set -f
  IFS=$sj_nl
  sj_code=1
  if [ -n "$sj_hasher" ]; then
    sj_stage=hash
    $sj_hasher $sj_batch 2>/dev/null &
    sj_hash_pid=$!
    sj_keep=$sj_status
    sj_await "$sj_hash_pid"
    sj_code=$sj_status sj_status=$sj_keep
  fi
  # What no tool could read was there all the same.
  if [ "$sj_code" != 0 ]; then
    for sj_file in $sj_batch; do printf -- '-  %s\n' "$sj_file"; done
  fi
  sj_batch= sj_batched=0
  IFS=
  set +f
}

# A name with a newline, by way of stdin: then the tool cannot spoil it.
sj_hash_odd() {
  sj_sum=-
  if [ -n "$sj_hasher" ]; then
    set -f
    IFS=$sj_nl
    sj_sum=$($sj_hasher <"$1" 2>/dev/null) && sj_sum=\${sj_sum%%[ *]*} || sj_sum=-
    IFS=
    set +f
  fi
  sj_rest=$1 sj_text=
  while :; do
    sj_head=\${sj_rest%%["$sj_odd"]*}
    sj_text=$sj_text$sj_head
    sj_rest=\${sj_rest#"$sj_head"}
    case $sj_rest in
      '') break ;;
      "$sj_nl"*) sj_text=$sj_text'\n' ;;
      *) sj_text=$sj_text'\\' ;;
    esac
    sj_rest=\${sj_rest#?}
  done
  printf '\\%s  %s\n' "$sj_sum" "$sj_text"
}
`;
