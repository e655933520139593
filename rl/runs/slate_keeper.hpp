// Stores every slate of a policy's sessions, with its candidates and its probability, for off-policy evaluation
// (rl/judgement).
#pragma once

#include "recsys/store/slates.hpp"
#include "rl/environment.hpp"
#include "rl/policy.hpp"
#include "rl/runs/run_store.hpp"

namespace infodiet::rl {

/// Whether a log of `environment` holds probabilities of ordered slates: if order matters to people, or slates are too
/// long to sum over orders.
bool keeps_order(const Environment& environment);

/// Runs the sessions of `plan` under `policy` again, and adds their slates to `writer`, whose log must match
/// keeps_order. Rewards are as drawn. Rank and prefix probabilities are stored only for sessions of one step, which
/// alone use them.
void keep_slates(const Environment& environment, const Policy& policy, const SessionPlan& plan, const StoredIds& ids,
                 recsys::SlateWriter& writer);

}  // namespace infodiet::rl
