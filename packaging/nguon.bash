# Completion of nguon for bash: verbs, verbs below them, options and files, as --help tells them.
_nguon() {
    local word=${COMP_WORDS[COMP_CWORD]} verb="" choices
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == [a-z]* && ${COMP_WORDS[i]} != */* && ${COMP_WORDS[i]} != *.* ]] ||
            break
        verb+=" ${COMP_WORDS[i]}"
    done
    if [[ $word == -* ]]; then
        # shellcheck disable=SC2086
        choices=$(nguon $verb --help 2>/dev/null | grep -o -- '--[a-z][a-z-]*' | sort -u)
    elif [[ $COMP_CWORD -eq 1 || $COMP_CWORD -eq 2 ]]; then
        # shellcheck disable=SC2086
        choices=$(nguon $verb --help 2>/dev/null |
            sed -n 's/^  \([a-z][a-z]*\) \{1,\}[a-z].*/\1/p')
    fi
    mapfile -t COMPREPLY < <(compgen -W "${choices-}" -- "$word")
    [[ $word == -* || $COMP_CWORD -eq 1 ]] || compopt -o default
}
complete -o filenames -F _nguon nguon
