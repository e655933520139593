#include "tests/fuzz/targets.hpp"
#include "tools/serve/request_check.hpp"

namespace infodiet::test {
namespace {

std::string_view cut_line(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  return line;
}

}  // namespace

void fuzz_request(std::string_view bytes) {
  const std::string_view method = cut_line(bytes);
  const std::string_view target = cut_line(bytes);
  tools::serve::allowed_methods(target);
  const tools::serve::Call call = tools::serve::match_request(method, target);
  if (call.route().body.amount != tools::serve::Amount::none) tools::serve::check_body(call.route(), bytes);
}

}  // namespace infodiet::test
