// What an attention model may be blended with, from process 0 of a job to all: counted or solved for, it is whole
// everywhere.
#pragma once

#include <memory>

#include "engine/distributed/communicator.hpp"
#include "recsys/attention/blend.hpp"

namespace infodiet::recsys {

/// Whether `share_part` knows the model.
bool is_shareable(const Recommender& part);

/// Process 0's model goes to all, which get an equal one; the others have none before.
std::shared_ptr<const Recommender> share_part(engine::Communicator& processes, const Recommender* part);
/// The same for a whole blend, of known parts; null for none.
Blend share_blend(engine::Communicator& processes, const Blend* of_first);

}  // namespace infodiet::recsys
