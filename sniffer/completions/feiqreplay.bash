# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of feiqreplay for bash.

_feiqreplay()
{
    local at=$COMP_CWORD words=
    local current=${COMP_WORDS[at]} option=${COMP_WORDS[at - 1]}
    local key=
    COMPREPLY=()
    # bash takes words apart at : and =, so --option=value is three of them.
    if [[ $current == [:=]* ]]; then
        option=$current current=
        at=$((at + 1))
    fi
    if [[ $option == [:=]* && at -gt 2 ]]; then
        option=${COMP_WORDS[at - 2]}
        if [[ $option != -* ]]; then
            key=$option option=${COMP_WORDS[at - 3]}
        fi
    fi
    case $option in
    --server | --port | --bind | --speed | --timeout | --linger | --segment-size)
        return ;;
    -Y | --display-filter | --ignore | --only)
        words=$(feiqdump --help fields 2>/dev/null | cut -f 1) ;;
    -o | --preference)
        case $key in
        onehash.framing) words="auto line length fixed bare" ;;
        onehash.dialect) words="auto chat control" ;;
        onehash.encoding | feiq.encoding) words="auto gb18030 utf-8 shift-jis" ;;
        tcp.reassemble_out_of_order | tcp.relative_sequence_numbers) words="true false" ;;
        '') words="onehash.framing: onehash.block_size: onehash.dialect: onehash.encoding:
            onehash.chat_ports: onehash.control_ports: feiq.encoding: feiq.udp.port:
            feiq.tcp.port: tcp.reassemble_out_of_order: tcp.relative_sequence_numbers:" ;;
        esac ;;
    *)
        if [[ $current == -* ]]; then
            words="--server -Y --display-filter -o --preference --port --bind --speed --timeout
                --linger --segment-size --fresh-numbers --ignore --only --exact --strict --json
                -q --quiet -l --list --version -h --help"
        else
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
        fi ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:,=] ]]; then
        compopt -o nospace
    fi
}

complete -F _feiqreplay feiqreplay
