# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of chatctl for fish.

complete -c chatctl -f
complete -c chatctl -s d -l directory -x -a '(__fish_complete_directories)' -d 'where the Unix sockets are'
complete -c chatctl -s H -l host -x -a '(__fish_print_hostnames)' -d 'use TCP instead'
complete -c chatctl -s p -l port -x -d 'TCP port'
complete -c chatctl -l tls-ca -r -F -d 'authorities to trust (PEM)'
complete -c chatctl -l tls-certificate -r -F -d 'own certificate (PEM)'
complete -c chatctl -l tls-key -r -F -d 'its key (PEM)'
complete -c chatctl -s n -l nick -x -d 'name to act under'
complete -c chatctl -s c -l count -x -d 'how many messages or events'
complete -c chatctl -s j -l json -d 'one JSON object a line'
complete -c chatctl -l seal -d 'send a sealed message'
complete -c chatctl -l lock -d 'send a locked message'
complete -c chatctl -s y -l yes -d 'ask nothing'
complete -c chatctl -l version -d 'the version'
complete -c chatctl -s h -l help -d 'the options'

set -l commands users who send watch history chat files image ps kill shutdown status
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a users -d "list who is online"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a who -d "list who is online, and what is known of them"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a send -d "send a message"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a watch -d "print who comes, goes and writes"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a history -d "print messages"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a chat -d "a conversation"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a files -d "list, send, fetch and drop files"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a image -d "send an image"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a ps -d "list the processes there"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a kill -d "end processes there"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a shutdown -d "shut that machine down"
complete -c chatctl -n "not __fish_seen_subcommand_from $commands" -a status -d "print chatd's figures"
complete -c chatctl -n '__fish_seen_subcommand_from files' -a 'list offer get salvage drop'
complete -c chatctl -n '__fish_seen_subcommand_from files image' -F
