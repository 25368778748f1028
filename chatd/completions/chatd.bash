# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of chatd for bash.

_chatd()
{
    local at=$COMP_CWORD words=
    local current=${COMP_WORDS[at]} option=${COMP_WORDS[at - 1]}
    COMPREPLY=()
    # bash takes words apart at : and =, so --option=value is three of them.
    if [[ $current == [:=]* ]]; then
        option=$current current=
        at=$((at + 1))
    fi
    if [[ $option == = && at -gt 2 ]]; then
        option=${COMP_WORDS[at - 2]}
    fi
    case $option in
    -c | --config | --ports-file)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return ;;
    *)
        if [[ $current == -* ]]; then
            words="-c --config --check-config --example-config --ports-file --debug --version -h
                --help"
        fi ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _chatd chatd
