# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of chatctl for bash.

_chatctl()
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
    --tls-ca | --tls-certificate | --tls-key)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return ;;
    -d | --directory)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return ;;
    -H | --host)
        mapfile -t COMPREPLY < <(compgen -A hostname -- "$current")
        return ;;
    -p | --port | -n | --nick | -c | --count)
        return ;;
    *)
        if [[ $current == -* ]]; then
            words="-d --directory -H --host -p --port --tls-ca --tls-certificate --tls-key -n
                --nick -c --count -j --json --seal --lock -y --yes --version -h --help"
        else
            local word command=
            for word in "${COMP_WORDS[@]:1:at - 1}"; do
                case $word in
                users | who | send | watch | history | chat | files | image | ps | kill | shutdown | status)
                    command+=" $word" ;;
                esac
            done
            case $command in
            '') words="users who send watch history chat files image ps kill shutdown status" ;;
            ' files') words="list offer get salvage drop" ;;&
            ' files' | ' image')
                compopt -o filenames
                mapfile -t COMPREPLY < <(compgen -W "$words" -f -- "$current")
                return ;;
            *) return ;;
            esac
        fi ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _chatctl chatctl
