# What `cmake --install` installs: the program with its manual page and completion, headers, libraries, and the files
# that find_package(infodiet) reads. No path in it is absolute, so the prefix can be moved.
include(CMakePackageConfigHelpers)

install(TARGETS infodiet RUNTIME)
install(TARGETS infodiet_engine infodiet_recsys infodiet_rl EXPORT infodiet-targets ARCHIVE)
# Of the kernels only their table; reference definitions are for tests.
install(DIRECTORY engine recsys rl DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/infodiet
        FILES_MATCHING PATTERN "*.hpp" PATTERN "reference" EXCLUDE REGEX "/kernels/[^k][^/]*$" EXCLUDE)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/infodiet)
configure_package_config_file(cmake/infodiet-config.cmake.in infodiet-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(infodiet-config-version.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT infodiet-targets NAMESPACE infodiet:: DESTINATION ${package_folder})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/infodiet-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/infodiet-config-version.cmake
              cmake/dependencies.cmake cmake/FindLibCsv.cmake
        DESTINATION ${package_folder})

# tools/CMakeLists.txt has the program write them.
install(FILES ${CMAKE_BINARY_DIR}/infodiet.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/infodiet.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME infodiet)
install(FILES ${CMAKE_BINARY_DIR}/infodiet.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
        RENAME _infodiet)
install(FILES ${CMAKE_BINARY_DIR}/infodiet.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# For the prefix /usr, as in packages.
install(FILES tools/serve/infodiet.service DESTINATION lib/systemd/system)
