# Reads systemd unit files as far as the lab's services need it. Sourced by `systemctl` and `service`.
# Sections are not kept apart: no key that is read here occurs in two of them.

declare -A unit=()

# unit_name WORD: the canonical name in $unit_name and its file in $unit_file (`sshd` → `ssh.service`).
unit_name() {
  local directory
  unit_name=${1%.service}.service unit_file=
  for directory in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system; do
    if [[ -e $directory/$unit_name ]]; then
      unit_file=$(readlink -f "$directory/$unit_name")
      unit_name=${unit_file##*/}
      return 0
    fi
  done
  return 1
}

# unit_load FILE: fills `unit`; values of a repeated key are joined by newlines, an empty one starts afresh.
unit_load() {
  local file=$1 line more key value
  while IFS= read -r line || [[ -n $line ]]; do
    while [[ $line == *\\ ]] && IFS= read -r more; do line="${line%\\} $more"; done
    [[ $line == *=* && $line != [\#\;]* ]] || continue
    key=${line%%=*} value=${line#*=}
    key=${key//[[:space:]]/}
    value=${value#"${value%%[![:space:]]*}"}
    if [[ -z $value ]]; then unit[$key]=; else unit[$key]+=${unit[$key]:+$'\n'}$value; fi
  done <"$file"
}

# unit_load_all: the unit found by unit_name with its drop-ins.
unit_load_all() {
  local drop_in
  unit_load "$unit_file"
  for drop_in in /etc/systemd/system/"$unit_name".d/*.conf; do
    if [[ -e $drop_in ]]; then unit_load "$drop_in"; fi
  done
}

# unit_last KEY DEFAULT: the last value of a key, in $value.
unit_last() {
  value=${unit[$1]:-}
  value=${value##*$'\n'}
  value=${value:-$2}
}

# unit_milliseconds KEY DEFAULT: a time span (`5`, `5s`, `200ms`, `1min`, `1min 30s`, `infinity`), in $milliseconds.
unit_milliseconds() {
  local word number
  unit_last "$1" "$2"
  milliseconds=0
  if [[ $value == infinity ]]; then milliseconds=-1; return; fi
  for word in $value; do
    number=${word%%[a-z]*}
    case ${word#"$number"} in
      ms) ((milliseconds += number)) || true ;;
      '' | s | sec) ((milliseconds += $(printf '%.0f' "${number}e3"))) || true ;;
      m | min) ((milliseconds += number * 60000)) || true ;;
    esac
  done
}
