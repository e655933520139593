// Lists as requests ask for them: for whom, which items may be in them, and which part of the list.
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

/// The parameters that every list has: n, offset, exclude, topic, only.
std::vector<Parameter> list_parameters();

/// The topics that a request wants items of: those of `topic` and a category of the path; none for all.
std::vector<std::string> topics_of(const Call& call);

/// Which items a request wants in its list: without those of `exclude` and those with ids in `hidden`; where `topic`,
/// `only` or a category of the path is given, only those. Ids that nothing has are passed over.
rl::Filter filter_of(const Call& call, std::span<const std::int64_t> hidden, const rl::View& view);

/// As long a list as has the part in it that a request asks for: `n` after `offset`.
std::size_t length_of(const Call& call);
/// Takes what stands before that part away.
template <class One>
void skip_offset(const Call& call, std::vector<One>& list) {
  const auto offset = std::min(static_cast<std::size_t>(call.integer("offset")), list.size());
  list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// What the file holds of somebody at this moment, by the items of the view.
rl::Profile profile_of(Reader& reader, const rl::View& view, const std::string& user);
/// Interactions of somebody who is not known, by their times; ids that nothing has are passed over.
struct Session {
  rl::Profile profile{};
  std::vector<recsys::ItemIndex> off{};  ///< that are to count as not consumed
};
Session session_of(const rl::View& view, const Json& interactions);
/// The index of an item. Throws RequestError 404 if there is none of that key.
recsys::ItemIndex require_item(const rl::View& view, const std::string& key);
/// Throws RequestError 409 where no model is published.
void require_model(const rl::View& view);
/// The index of an item of the file, or nothing for one that is newer than the view.
std::optional<recsys::ItemIndex> index_of(const rl::View& view, std::int64_t item_id);
/// The part of somebody's list that a request asks for. `options.k` is not looked at.
rl::Recommendation list_for(Reader& reader, const LoadedView& view, const rl::Profile& profile, const Call& call,
                            rl::RecommendOptions options);

/// The same, as it was made lately from the same view, history and request, where it was.
std::shared_ptr<const rl::Recommendation> cached_list_for(Service& service, const LoadedView& view, Reader& reader,
                                                          const rl::Profile& profile, const Call& call,
                                                          rl::RecommendOptions options);

/// The same by the arm that is the person's (arms.hpp), unless balance is asked for, and kept where lists are kept.
std::shared_ptr<const rl::Recommendation> list_of_arm(Service& service, const LoadedView& view, Reader& reader,
                                                      const rl::Profile& profile, const Call& call,
                                                      rl::RecommendOptions options);

}  // namespace infodiet::tools::serve
