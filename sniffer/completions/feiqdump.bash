# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of feiqdump for bash.

_feiqdump()
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
    -r | --read | -F | --filter-file | -w | --write | -H | --hosts | --key)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return ;;
    -Z | --user)
        mapfile -t COMPREPLY < <(compgen -u -- "$current")
        return ;;
    -s | --snapshot-length | -B | --buffer-size | -c | --count | -f | --width | \
    --onehash-block | --onehash-chat-port | --onehash-control-port | --feiq-port)
        return ;;
    -Y | --display-filter | -e)
        words=$(feiqdump --help fields 2>/dev/null | cut -f 1) ;;
    -i | --interface)
        words="any $(command ls /sys/class/net 2>/dev/null)" ;;
    -o)
        case $key in
        onehash.framing) words="auto line length fixed bare" ;;
        onehash.dialect) words="auto chat control" ;;
        onehash.encoding | feiq.encoding) words="auto gb18030 utf-8 shift-jis" ;;
        tcp.reassemble_out_of_order | tcp.relative_sequence_numbers) words="true false" ;;
        '') words="onehash.framing: onehash.block_size: onehash.dialect: onehash.encoding:
            onehash.chat_ports: onehash.control_ports: feiq.encoding: feiq.udp.port:
            feiq.tcp.port: tcp.reassemble_out_of_order: tcp.relative_sequence_numbers:
            uat:feiq_keys:" ;;
        esac ;;
    -E)
        case $key in
        header | bom) words="y n" ;;
        occurrence) words="f l a" ;;
        quote) words="d s n" ;;
        '') words="header= bom= occurrence= quote= separator= aggregator=" ;;
        esac ;;
    --decode-as)
        case $key,$current in
        udp.port,*,*) words="${current%%,*},feiq" ;;
        tcp.port,*,*) words="${current%%,*},feiq ${current%%,*},onehash" ;;
        ,*) words="udp.port== tcp.port==" ;;
        esac ;;
    -h | --help)
        words="files live filters views statistics writing preferences fields all" ;;
    -a | --autostop)
        words="duration: packets: filesize: files:" ;;
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
        words="conv,eth conv,ip conv,ipv6 conv,tcp conv,udp endpoints,eth endpoints,ip
            endpoints,ipv6 endpoints,tcp endpoints,udp commands tcp users follow,tcp,ascii,
            follow,tcp,utf-8, follow,tcp,hex, follow,tcp,raw, follow,udp,ascii, follow,udp,utf-8, follow,udp,hex, follow,udp,raw, sticky" ;;
    --onehash-framing)
        words="auto line length fixed bare" ;;
    --disable-heuristic)
        words="feiq_udp" ;;
    *)
        if [[ $current == -* ]]; then
            words="-r --read -i --interface -D --list-interfaces -s --snapshot-length -B
                --buffer-size -p --no-promiscuous-mode --immediate-mode -a --autostop -c --count
                -Z --user --show-sandbox -f -F --filter-file -d --dump-filter -Y
                --display-filter -w --write --write-format -b --ring-buffer -T --type -v
                --verbose -V -x -X -e -E --offsets -S --absolute-sequence-numbers
                --verify-checksums --color --width -t --time -N --names -H --hosts -z -q --quiet
                -n -l -P -U -o --onehash-framing --onehash-block --onehash-chat-port
                --onehash-control-port --feiq-port --decode-as --disable-heuristic --key -h
                --help --version"
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

complete -F _feiqdump feiqdump
