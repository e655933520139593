// Pages of stored rows, in gorse's shape: a list and the cursor for the next page.
#pragma once

#include <cstdint>
#include <string>

#include "recsys/store/entries.hpp"
#include "recsys/store/feedback.hpp"
#include "tools/serve/route.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {

/// The cursor of a page of people or items. Throws RequestError 400 for an invalid one.
std::int64_t id_cursor(const Call& call);
/// The cursor of a page of feedback; throws likewise.
recsys::FeedbackCursor feedback_cursor(const Call& call);

/// The cursor of the next page as text; empty after the last.
std::string format_cursor(const std::optional<std::int64_t>& next);
std::string format_cursor(const std::optional<recsys::FeedbackCursor>& next);

/// The page as {"Cursor": ..., name: [...]}.
template <class Entry>
Reply page_reply(const char* name, const recsys::EntryPage<Entry>& page) {
  Json entries = Json::array();
  for (const Entry& entry : page.entries) entries.push_back(to_json(entry));
  return json_reply({{"Cursor", format_cursor(page.next)}, {name, std::move(entries)}});
}

}  // namespace infodiet::tools::serve
