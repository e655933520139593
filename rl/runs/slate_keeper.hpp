// Keeps every slate of a policy's sessions, with what it was chosen from and how likely it was, so that other policies
// can be judged from them (rl/judgement).
#pragma once

#include "recsys/store/slates.hpp"
#include "rl/environment.hpp"
#include "rl/policy.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// Whether a log of `environment` holds probabilities of slates in their order: where that matters to people, and where
/// slates are too long to sum over their orders.
bool keeps_order(const Environment& environment);

/// Runs the sessions of `plan` under `policy`, which come out as they did before, and adds their slates to `writer`,
/// whose log must be as keeps_order says. Rewards are as drawn. Places and prefixes are kept of sessions of one step,
/// since nothing else asks for them.
void keep_slates(const Environment& environment, const Policy& policy, const SessionPlan& plan, const StoredIds& ids,
                 recsys::SlateWriter& writer);

}  // namespace infodiet::rl
