// Why an item has its score for somebody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/parallel.hpp"
#include "recsys/reasons/explanation.hpp"
#include "recsys/reasons/faithfulness.hpp"
#include "rl/answers/view.hpp"

namespace infodiet::rl {

/// One interaction and its part in the score.
struct Grounds {
  recsys::ItemIndex item;
  std::optional<std::int64_t> time;  ///< Unix seconds
  double attention;                  ///< attention weight, the same for every item
  recsys::Reason reason;
};

/// The explanation of one score.
struct Explanation {
  std::string model;
  float score = 0;
  std::optional<double> chance{};  ///< as in Pick
  bool dated = false;              ///< whether times are real
  std::vector<Grounds> because{};
  std::vector<Grounds> against{};
};

/// The interactions that carry the score of `item`, up to `count`, in the order of recsys::reasons, and those that
/// count against it, strongest first. Leaves out shares below recsys::least_share, and items rated low among those that
/// carry it. Figures do not depend on `count`. Throws DataError for an empty history, Error if no model is published.
Explanation explain(const View& view, engine::ThreadPool& pool, const Profile& profile, recsys::ItemIndex item,
                    std::size_t count);

/// How faithful such reasons are: recsys/reasons/faithfulness.hpp for everybody stored.
recsys::Faithfulness measure_reasons(const View& view, engine::ThreadPool& pool,
                                     const recsys::FaithfulnessOptions& options);

}  // namespace infodiet::rl
