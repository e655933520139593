// Ranking the cases of an evaluation by all processes of a job. Process 0 sends each its rows of the attention model's
// item table, and whatever is blended with it; of a baseline alone, the whole of it.
#pragma once

#include <cstddef>
#include <span>

#include "engine/distributed/orders.hpp"
#include "recsys/evaluation/ranks.hpp"

namespace infodiet::recsys {

/// What rank_cases gives, to the bit, for any number of processes; the others help it (help_ranking). The
/// attention model, alone or blended, and what it may be blended with are shared out; any other is ranked by this
/// process. For process 0.
RankedCases rank_cases_together(engine::Communicator& processes, const Recommender& model,
                                std::span<const EvaluationCase> cases, std::size_t list_length,
                                engine::ThreadPool& pool, Repeats repeats);

/// What the other processes do meanwhile.
void help_ranking(engine::Orders& orders);

}  // namespace infodiet::recsys
