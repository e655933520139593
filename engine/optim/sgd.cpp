#include "engine/optim/sgd.hpp"

#include "engine/kernels/kernels.hpp"
#include "engine/optim/chunks.hpp"
#include "engine/optim/row_set.hpp"
#include "engine/shape.hpp"

namespace infodiet::engine {

template <class T>
Sgd<T>::Sgd(std::size_t parameters, const Options& options) : options_(options) {
  state_.velocity.assign(parameters, T{0});
}

template <class T>
void Sgd<T>::update(ThreadPool& pool, std::span<T> parameters, std::span<const T> gradient, double rate,
                    double gradient_scale) {
  constexpr auto cause = "is the optimiser another model's?";
  require_size(parameters.size(), state_.velocity.size(), "sgd", "the number of parameters", cause);
  require_size(gradient.size(), state_.velocity.size(), "sgd", "the number of gradients", cause);
  const kernels::SgdStep step{.rate = rate,
                              .momentum = options_.momentum,
                              .coupled_decay = options_.weight_decay,
                              .gradient_scale = gradient_scale};
  for_each_chunk(pool, parameters.size(), [&](const Range& range) {
    kernels::best<T>().sgd(step, parameters.data() + range.begin, gradient.data() + range.begin,
                           state_.velocity.data() + range.begin, range.end - range.begin);
  });
}

template <class T>
void Sgd<T>::restore(State state) {
  require_size(state.velocity.size(), state_.velocity.size(), "sgd", "the number of velocities",
               "is the state another model's?");
  state_ = std::move(state);
}

template <class T>
void sgd_rows(ThreadPool& pool, MatrixSpan<T> table, std::span<const std::uint32_t> rows, MatrixSpan<const T> gradients,
              double rate, double gradient_scale) {
  require_rows(rows, table.rows, "sgd_rows");
  require_shape(gradients.rows, gradients.cols, rows.size(), table.cols, "sgd_rows", "the gradients",
                "one row for each row number");
  for_each_row_part(pool, rows.size(), [&](std::size_t i) {
    kernels::best<T>().add_scaled(table.row(rows[i]), static_cast<T>(-rate * gradient_scale), gradients.row(i),
                                  table.cols);
  });
}

template class Sgd<float>;
template class Sgd<double>;
template void sgd_rows(ThreadPool&, MatrixSpan<float>, std::span<const std::uint32_t>, MatrixSpan<const float>, double,
                       double);
template void sgd_rows(ThreadPool&, MatrixSpan<double>, std::span<const std::uint32_t>, MatrixSpan<const double>,
                       double, double);

}  // namespace infodiet::engine
