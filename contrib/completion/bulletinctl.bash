# Completion of bulletinctl for bash: commands and options as the program's own help tells them.
# Install as /usr/share/bash-completion/completions/bulletinctl, or source it.
# shellcheck shell=bash

_bulletinctl_options() { # COMMAND, or none: the options before the command
  bulletinctl ${1:+"$1"} --help 2> /dev/null | grep -oE -e '--[a-z-]+' | sort -u
}

_bulletinctl_commands() {
  bulletinctl --help 2> /dev/null |
    awk '/^Commands:/ { inside = 1; next } inside && NF == 0 { exit } inside { print $1 }'
}

_bulletinctl() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      -c | --config) i=$((i + 1)) ;;
      -*) ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  case $previous in
    -c | --config) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "csv json xlsx" -- "$word"); return ;;
    --language) mapfile -t COMPREPLY < <(compgen -W "fr en ja" -- "$word"); return ;;
    --output) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --role) mapfile -t COMPREPLY < <(compgen -W "read review" -- "$word"); return ;;
    --out | --text-file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --event | --id | --account | --since | -s | --jobs | -j) return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_bulletinctl_options "$command")" -- "$word")
  elif [ -z "$command" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_bulletinctl_commands)" -- "$word")
  else
    case $command in
      rules)
        if [ "$previous" = rules ]; then
          mapfile -t COMPREPLY < <(compgen -W "test" -- "$word")
        else
          mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
        ;;
      user)
        [ "$previous" != user ] ||
          mapfile -t COMPREPLY < <(compgen -W "add list role password remove" -- "$word")
        ;;
      oauth)
        [ "$previous" != oauth ] || mapfile -t COMPREPLY < <(compgen -W "login status" -- "$word")
        ;;
      parse | explain | import | organizations) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
  fi
}

complete -o filenames -F _bulletinctl bulletinctl
