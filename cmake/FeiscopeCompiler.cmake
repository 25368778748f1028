# SPDX-License-Identifier: GPL-2.0-or-later
# How every C file of the project is compiled: the language, the warnings, the sanitizers.

option(FEISCOPE_WERROR "Treat compiler warnings as errors" OFF)
option(FEISCOPE_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(FEISCOPE_FUZZ "Build the libFuzzer drivers (clang only)" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_definitions(_DEFAULT_SOURCE)
add_compile_options(
    -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wformat=2
    -Wundef -Wvla -Wwrite-strings -Wswitch-enum -fno-common)
if(FEISCOPE_WERROR)
    add_compile_options(-Werror)
endif()
if(FEISCOPE_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()
if(FEISCOPE_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
