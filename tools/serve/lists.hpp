// Lists as requests ask for them: for whom, which items may be in them, and which part of the list.
#pragma once

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

/// Which items a request allows in its list.
class Allowed {
 public:
  /// Hidden items and those of `exclude` are not; where `topic`, `only` or a category of the path is given, only those.
  /// Ids that nothing has are passed over.
  Allowed(const Call& call, const Views& views, const LoadedView& view);

  void refuse(std::span<const recsys::ItemIndex> items);
  bool operator()(recsys::ItemIndex item) const { return allowed_[item]; }
  /// How many of the whole catalogue are not allowed.
  std::size_t refused() const { return refused_; }

 private:
  void refuse_ids(const rl::View& view, std::span<const std::int64_t> ids);
  void keep_topics(const rl::View& view, const std::vector<std::string>& names);
  void keep_only(const std::vector<bool>& kept);

  std::vector<bool> allowed_;  // (V)
  std::size_t refused_ = 0;
};

/// The part of a list that a request asks for: `n` after `offset` of the allowed ones.
std::vector<recsys::ScoredItem> page_of(const Call& call, std::span<const recsys::ScoredItem> list,
                                        const Allowed& allowed);
/// As long a list as has that part in it.
std::size_t length_for(const Call& call, const Allowed& allowed, const rl::View& view);

/// What the file holds of somebody at this moment, by the items of the view.
rl::Profile profile_of(Reader& reader, const rl::View& view, const std::string& user);
/// The index of an item of the file, or nothing for one that is newer than the view.
std::optional<recsys::ItemIndex> index_of(const rl::View& view, std::int64_t item_id);
/// The list for somebody, without reasons.
rl::Recommendation list_for(Reader& reader, const LoadedView& view, const rl::Profile& profile, const Call& call,
                            const Allowed& allowed, const rl::RecommendOptions& options);

}  // namespace infodiet::tools::serve
