# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of feiqreplay for fish.

function __feiqreplay_fields
    feiqdump --help fields 2>/dev/null | string replace -r '^(.*?)\t.*?\t' '$1\t'
end

complete -c feiqreplay -l server -x -d 'who is the server in the capture'
complete -c feiqreplay -s Y -l display-filter -x -a '(__feiqreplay_fields)' -d 'play only frames that match'
complete -c feiqreplay -s o -l preference -x -a 'onehash.framing:auto onehash.framing:line onehash.framing:length onehash.framing:fixed onehash.framing:bare onehash.block_size: onehash.dialect:auto onehash.dialect:chat onehash.dialect:control onehash.encoding:auto onehash.encoding:gb18030 onehash.encoding:utf-8 onehash.encoding:shift-jis onehash.chat_ports: onehash.control_ports: feiq.encoding:auto feiq.encoding:gb18030 feiq.encoding:utf-8 feiq.encoding:shift-jis feiq.udp.port: feiq.tcp.port: tcp.reassemble_out_of_order:true tcp.reassemble_out_of_order:false tcp.relative_sequence_numbers:true tcp.relative_sequence_numbers:false' -d 'a preference, as feiqdump -o'
complete -c feiqreplay -l port -x -d 'a port of the server, recorded:live'
complete -c feiqreplay -l bind -x -d 'send from here'
complete -c feiqreplay -l speed -x -d 'keep the times, so many times as fast'
complete -c feiqreplay -l timeout -x -d 'milliseconds to wait for an answer'
complete -c feiqreplay -l linger -x -d 'milliseconds to wait at the end'
complete -c feiqreplay -l segment-size -x -d 'bytes to send at once over TCP'
complete -c feiqreplay -l fresh-numbers -d 'new packet numbers for FeiQ datagrams'
complete -c feiqreplay -l ignore -x -a '(__feiqreplay_fields)' -d 'do not compare this field'
complete -c feiqreplay -l only -x -a '(__feiqreplay_fields)' -d 'compare only this field'
complete -c feiqreplay -l exact -d 'compare also who the FeiQ host is'
complete -c feiqreplay -l strict -d 'what the capture lacks is a fault too'
complete -c feiqreplay -l json -d 'report as JSON'
complete -c feiqreplay -s q -l quiet -d 'report only faults and the sum'
complete -c feiqreplay -s l -l list -d 'only print what would be played'
complete -c feiqreplay -l version -d 'the version'
complete -c feiqreplay -s h -l help -d 'the options'
