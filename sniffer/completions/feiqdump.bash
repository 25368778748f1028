# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of feiqdump for bash.

_feiqdump()
{
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=
    COMPREPLY=()
    case $before in
    -r | --read | --hosts | -F | --filter-file | -w | --write | --key)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return ;;
    -i | --interface)
        words="any $(command ls /sys/class/net 2>/dev/null)" ;;
    -s | --snapshot-length | -B | --buffer-size | -c | --count | --width | --onehash-block | --onehash-chat-port | --onehash-control-port | --feiq-port)
        return ;;
    -a | --autostop)
        words="duration:" ;;
    -Z | --user)
        mapfile -t COMPREPLY < <(compgen -u -- "$current")
        return ;;
    -Y | --display-filter | -e | -E)
        return ;;
    --write-format)
        words="pcapng pcap" ;;
    -b | --ring-buffer)
        words="duration: filesize: packets: files:" ;;
    -T | --type)
        words="line tree json layout order fields" ;;
    --color)
        words="always never auto" ;;
    -t | --time)
        words="relative delta shown epoch absolute date none" ;;
    -N | --names)
        words="hosts services ethers hosts,services" ;;
    -z)
        words="conv,eth conv,ip conv,ipv6 conv,tcp conv,udp endpoints,eth endpoints,ip endpoints,ipv6 endpoints,tcp endpoints,udp commands tcp users follow,tcp,ascii, follow,tcp,utf-8, follow,tcp,hex, follow,tcp,raw, sticky" ;;
    -o)
        words="onehash.framing: onehash.block_size: onehash.dialect: onehash.encoding: onehash.chat_ports: onehash.control_ports: feiq.encoding: feiq.udp.port: feiq.tcp.port: tcp.reassemble_out_of_order: tcp.relative_sequence_numbers: uat:feiq_keys:" ;;
    --decode-as)
        words="udp.port== tcp.port==" ;;
    --disable-heuristic)
        words="feiq_udp" ;;
    --onehash-framing)
        words="auto line length fixed bare" ;;
    --help)
        words="files live filters views statistics writing preferences all" ;;
    *)
        if [[ $current != -* ]]; then
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return
        fi
        words="-r --read -i --interface -D --list-interfaces -s --snapshot-length -B
            --buffer-size -p --no-promiscuous-mode --immediate-mode -a --autostop -c --count
            -Z --user --show-sandbox -F --filter-file -d --dump-filter -Y --display-filter
            -w --write --write-format -b --ring-buffer -T --type -v --verbose -x -e -E
            --offsets -S --absolute-sequence-numbers --verify-checksums --color --width -t --time -N --names --hosts -z -q --quiet -n -o
            --onehash-framing --onehash-block --onehash-chat-port --onehash-control-port
            --feiq-port --decode-as --disable-heuristic --key --help --version" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:,=] ]]; then
        compopt -o nospace
    fi
}

complete -o filenames -F _feiqdump feiqdump
