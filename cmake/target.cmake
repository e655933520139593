# Settings of every target of the project: the include root, warnings, sanitizers.
function(infodiet_configure target)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/infodiet>)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                                           -Wcast-qual -Woverloaded-virtual)
  if(INFODIET_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(INFODIET_NATIVE)
    target_compile_options(${target} PRIVATE -march=native)
  endif()
  if(INFODIET_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${INFODIET_SANITIZE} -fno-omit-frame-pointer
                                             -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${INFODIET_SANITIZE})
    if(INFODIET_FUZZ AND NOT target MATCHES "^test_") # nothing looks for inputs of tests
      target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC 12 gives false warnings inside std::regex if sanitizers are on.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
  if(INFODIET_COVERAGE)
    target_compile_options(${target} PRIVATE -fprofile-instr-generate -fcoverage-mapping)
    target_link_options(${target} PUBLIC -fprofile-instr-generate)
  endif()
endfunction()

# A library infodiet_<name> with the alias infodiet::<name>.
function(infodiet_library name)
  add_library(infodiet_${name} STATIC ${ARGN})
  add_library(infodiet::${name} ALIAS infodiet_${name})
  set_target_properties(infodiet_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(infodiet_${name} PUBLIC cxx_std_20)
  infodiet_configure(infodiet_${name})
endfunction()
