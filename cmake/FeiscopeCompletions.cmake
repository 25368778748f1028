# SPDX-License-Identifier: GPL-2.0-or-later
# feiscope_install_completions(PROGRAM…): completions/PROGRAM.bash, .fish and _PROGRAM of this folder
# go where bash-completion, fish and zsh look for them.
function(feiscope_install_completions)
    foreach(program ${ARGN})
        install(FILES completions/${program}.bash RENAME ${program}
            DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
        install(FILES completions/_${program}
            DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
        install(FILES completions/${program}.fish
            DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
    endforeach()
endfunction()
