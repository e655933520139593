// Lists for requests: for whom, of which items, and which part of the list.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rl/answers/recommend.hpp"
#include "tools/serve/readers.hpp"
#include "tools/serve/route.hpp"
#include "tools/serve/views.hpp"

namespace infodiet::tools::serve {

/// The parameters of every list: n, offset, exclude, topic, only.
std::vector<Parameter> list_parameters();

/// The requested topics, from `topic` and the category in the path; empty for all.
std::vector<std::string> topics_of(const Call& call);

/// The filter of a request: without the items of `exclude` and the ids in `hidden`; if `topic`, `only` or a category in
/// the path is given, only those. Ignores unknown ids.
rl::Filter filter_of(const Call& call, std::span<const std::int64_t> hidden, const rl::View& view);

/// A list long enough for the requested part: `n` after `offset`.
std::size_t length_of(const Call& call);
/// Drops the items before that part.
template <class One>
void skip_offset(const Call& call, std::vector<One>& list) {
  const auto offset = std::min(static_cast<std::size_t>(call.integer("offset")), list.size());
  list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// Somebody's history as stored now, in items of the view.
rl::Profile profile_of(Reader& reader, const rl::View& view, const std::string& user);
/// Interactions of an unknown person, ordered by time; unknown ids are ignored.
struct Session {
  rl::Profile profile{};
  std::vector<recsys::ItemIndex> off{};  ///< to treat as not consumed
};
Session session_of(const rl::View& view, const Json& interactions);
/// The index of an item. Throws RequestError 404 if there is none with that key.
recsys::ItemIndex require_item(const rl::View& view, const std::string& key);
/// Throws RequestError 409 if no model is published.
void require_model(const rl::View& view);
/// The index of a stored item, or empty if it is newer than the view.
std::optional<recsys::ItemIndex> index_of(const rl::View& view, std::int64_t item_id);
/// The part of somebody's list that a request asks for. `options.k` is ignored.
rl::Recommendation list_for(Reader& reader, const LoadedView& view, const rl::Profile& profile, const Call& call,
                            rl::RecommendOptions options);

/// The same, from the cache if the view, history and request are the same.
std::shared_ptr<const rl::Recommendation> cached_list_for(Service& service, const LoadedView& view, Reader& reader,
                                                          const rl::Profile& profile, const Call& call,
                                                          rl::RecommendOptions options);

/// The same by the person's arm (arms.hpp), unless balance is requested; recorded if lists are kept.
std::shared_ptr<const rl::Recommendation> list_of_arm(Service& service, const LoadedView& view, Reader& reader,
                                                      const rl::Profile& profile, const Call& call,
                                                      rl::RecommendOptions options);

}  // namespace infodiet::tools::serve
