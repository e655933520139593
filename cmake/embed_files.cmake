# Run by infodiet_embed: writes OUTPUT, a C++ source with the text of every one of FILES.
set(entries "")
foreach(file ${FILES})
  cmake_path(GET file FILENAME name)
  file(READ "${file}" text)
  string(FIND "${text}" ")embedded\"" delimiter)
  if(NOT delimiter EQUAL -1)
    message(FATAL_ERROR "${file} holds the delimiter of the literal that it would become")
  endif()
  string(APPEND entries "    {\"${name}\"sv, R\"embedded(${text})embedded\"sv},\n")
endforeach()
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

#include <stdexcept>
#include <string>
#include <utility>

namespace ${NAMESPACE} {

std::string_view asset(std::string_view name) {
  using namespace std::literals;
  static constexpr std::pair<std::string_view, std::string_view> files[] = {
${entries}  };
  for (const auto& [known, text] : files) {
    if (known == name) return text;
  }
  throw std::logic_error(std::string(\"no embedded file \").append(name));
}

}  // namespace ${NAMESPACE}
")
