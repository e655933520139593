#include "recsys/utf8.hpp"

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <iterator>

namespace infodiet::recsys {
namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;

}  // namespace

bool is_valid_utf8(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  for (auto position = std::find_if_not(text.begin(), text.end(), is_ascii); position != text.end();
       position = std::find_if_not(position, text.end(), is_ascii)) {
    if (!boost::locale::utf::is_valid_codepoint(Utf8::decode(position, text.end()))) return false;
  }
  return true;
}

std::string to_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) Utf8::encode(static_cast<unsigned char>(c), std::back_inserter(out));
  return out;
}

}  // namespace infodiet::recsys
