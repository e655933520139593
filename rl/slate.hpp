// Slates: ordered, distinct positions among the candidates of a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace infodiet::rl {

/// Index of a candidate among the candidates of a step, 0-based.
using Position = std::uint32_t;

/// Throws ShapeError unless `slate` holds `size` distinct positions below `candidates`.
void check_slate(std::span<const Position> slate, std::size_t size, std::size_t candidates);

/// The `slate.size()` positions with the highest scores, best first; ties go to the lower position. Throws ShapeError
/// when there are fewer scores.
void highest(std::span<const double> scores, std::span<Position> slate);

}  // namespace infodiet::rl
