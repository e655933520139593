// Records served lists, so that policies can be evaluated by what was taken (recsys/store/slates.hpp).
#pragma once

#include <span>
#include <string>

#include "recsys/store/feedback.hpp"
#include "rl/answers/recommend.hpp"
#include "tools/serve/arms.hpp"
#include "tools/serve/views.hpp"

namespace infodiet::tools::serve {

class Service;

/// The arm that makes a list for somebody: theirs, or attention if no agent is trained.
Arm arm_for(const Service& service, const LoadedView& view, const std::string& user);

/// Records a list that is being sent, if the service keeps lists and the person is stored. Never waits: if the disk is
/// too busy, the list is dropped and counted.
void keep_list(Service& service, const LoadedView& view, const std::string& user, const Arm& arm,
               const rl::Recommendation& list);

/// Call it in the transaction that stores an interaction: records it with the latest kept list that showed the item.
void note_taken(recsys::Database& db, const recsys::Feedback& feedback);

}  // namespace infodiet::tools::serve
