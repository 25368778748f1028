# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of chatd for fish.

complete -c chatd -f
complete -c chatd -s c -l config -r -F -d 'read this key file'
complete -c chatd -l check-config -d 'only check the configuration'
complete -c chatd -l example-config -d 'print a configuration'
complete -c chatd -l ports-file -r -F -d 'write the ports to this file'
complete -c chatd -l debug -d 'log more'
complete -c chatd -l version -d 'the version'
complete -c chatd -s h -l help -d 'the options'
