# `cpack -G DEB`: everything that `cmake --install` installs, and the service's unit, as one Debian package with its
# dependencies.
set(CPACK_PACKAGE_NAME infodiet)
set(CPACK_PACKAGE_CONTACT "infodiet maintainers <infodiet@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE gzip)
include(CPack)
