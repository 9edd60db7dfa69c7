# Completion of kolabpad's command line for bash.
# shellcheck shell=bash

_kolabpad() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options
  local everywhere='--url --timeout --json --help'
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'append cat edit history links mcp new put sync watch --help --version' -- "$word")
    return
  fi
  case $command in
    append) options="$everywhere --name --follow --raw" ;;
    cat) options=$everywhere ;;
    edit | history | put) options="$everywhere --name" ;;
    links) options="$everywhere --view --edit --days --revoke" ;;
    mcp) options='--url --name --help' ;;
    sync) options='--url --timeout --name --help' ;;
    new) options="$everywhere --name --language" ;;
    watch) options="$everywhere --name --exec" ;;
    *) return ;;
  esac
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  esac
}
complete -o filenames -F _kolabpad kolabpad
