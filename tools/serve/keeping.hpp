// Lists that were served, kept for judging policies by what was taken of them (recsys/store/slates.hpp).
#pragma once

#include <span>
#include <string>

#include "recsys/store/feedback.hpp"
#include "rl/answers/recommend.hpp"
#include "tools/serve/arms.hpp"
#include "tools/serve/views.hpp"

namespace infodiet::tools::serve {

class Service;

/// The arm that makes a list for somebody: theirs, or attention where no agent has learned.
Arm arm_for(const Service& service, const LoadedView& view, const std::string& user);

/// Keeps a list that is being sent, if the service keeps lists and the person is stored. It waits for nothing: a list
/// that the disk is too busy for is counted and let go.
void keep_list(Service& service, const LoadedView& view, const std::string& user, const Arm& arm,
               const rl::Recommendation& list);

/// Within the transaction that stores an interaction: notes it with the latest kept list that showed the item.
void note_taken(recsys::Database& db, const recsys::Feedback& feedback);

}  // namespace infodiet::tools::serve
