# SPDX-License-Identifier: GPL-2.0-or-later
# A Debian package of the Wireshark plugin: `cpack` in the build folder. It depends on the library of
# the one Wireshark that can load it (libwireshark16 is 4.0's), which dpkg-shlibdeps finds out.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "Feiscope")
set(CPACK_PACKAGE_CONTACT "Feiscope <feiscope@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
    "FeiQ, IP Messenger and 1#n for Wireshark ${wireshark_version}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL wireshark)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_WIRESHARK_PACKAGE_NAME wireshark-feiscope)
set(CPACK_DEBIAN_WIRESHARK_PACKAGE_SECTION net)
set(CPACK_DEBIAN_WIRESHARK_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_WIRESHARK_PACKAGE_ENHANCES "wireshark, tshark")
set(CPACK_COMPONENT_WIRESHARK_DESCRIPTION
    "Plugin that shows FeiQ, IP Messenger and the 1#n protocol in Wireshark and tshark ${wireshark_version}.")
include(CPack)
