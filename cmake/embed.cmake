# Text files embedded in the program. Not for binary files or installed files.

# Writes at configure time the script of the Vega modules that charts need into `output`, from Debian's libjs-vega. The
# package has them one by one and made for a `require`, which the script brings along; they call each other by it.
function(infodiet_vega_script output)
  set(modules util canvas time format loader dataflow scale scenegraph statistics expression event-selector selection
              functions runtime view parser encode transforms view-transforms label interpreter)
  find_path(VEGA_DIR vega-view.min.js PATHS /usr/share/javascript/vega NO_DEFAULT_PATH)
  if(NOT VEGA_DIR)
    message(FATAL_ERROR "Vega is not installed: the charts of 'infodiet report' need it. Debian's package is "
                        "libjs-vega (tools/setup.sh installs it); elsewhere give -DVEGA_DIR=<folder of vega-view.min.js>")
  endif()
  set(script "const vegaModules = {};\n")
  foreach(module ${modules})
    set(path "${VEGA_DIR}/vega-${module}.min.js")
    if(NOT EXISTS "${path}")
      message(FATAL_ERROR "${path} is missing: expected Vega 5.22 as Debian's package libjs-vega has it")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    file(READ "${path}" source)
    string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" source "${source}")
    string(APPEND script "vegaModules[\"vega-${module}\"] = function (exports, module, require) {\n${source}\n};\n")
  endforeach()
  # The only module that others require by another name than its file's.
  string(APPEND script "vegaModules[\"vega-selections\"] = vegaModules[\"vega-selection\"];\n")
  file(CONFIGURE OUTPUT "${output}" CONTENT "@script@" @ONLY)
endfunction()

# Adds to `target` a source that defines `std::string_view asset(std::string_view name)` of `header`, in `namespace`,
# for `files`, each by its name without folders. A changed file is embedded again by the next build.
function(infodiet_embed target header namespace)
  string(MAKE_C_IDENTIFIER "${header}" name)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
  set(files "")
  foreach(file ${ARGN})
    cmake_path(ABSOLUTE_PATH file)
    list(APPEND files "${file}")
  endforeach()
  add_custom_command(OUTPUT "${output}"
                     COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${output}" "-DHEADER=${header}" "-DNAMESPACE=${namespace}" "-DFILES=${files}"
                             -P "${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake"
                     DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake"
                     VERBATIM)
  # A literal as long as its file; the standard does not require compilers to accept it, but they do.
  set_source_files_properties("${output}" PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  target_sources(${target} PRIVATE "${output}")
endfunction()
