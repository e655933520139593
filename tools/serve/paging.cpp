#include "tools/serve/paging.hpp"

#include <fmt/format.h>

#include <charconv>

#include "tools/serve/errors.hpp"

namespace infodiet::tools::serve {
namespace {

std::int64_t number_of(std::string_view text, const std::string& cursor) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw RequestError(400, fmt::format("cursor={}: expected the Cursor of an earlier page", cursor));
  }
  return value;
}

}  // namespace

std::int64_t id_cursor(const Call& call) {
  const std::optional<std::string> cursor = call.text("cursor");
  return cursor ? number_of(*cursor, *cursor) : 0;
}

recsys::FeedbackCursor feedback_cursor(const Call& call) {
  const std::optional<std::string> cursor = call.text("cursor");
  if (!cursor) return {};
  const std::string_view text = *cursor;
  const std::size_t dash = std::min(text.find('-'), text.size());
  return {number_of(text.substr(0, dash), *cursor), number_of(text.substr(std::min(dash + 1, text.size())), *cursor)};
}

std::string format_cursor(const std::optional<std::int64_t>& next) {
  return next ? std::to_string(*next) : std::string();
}

std::string format_cursor(const std::optional<recsys::FeedbackCursor>& next) {
  return next ? fmt::format("{}-{}", next->user_id, next->sequence) : std::string();
}

}  // namespace infodiet::tools::serve
