// The table of all kernels for one instruction set and element type.
#pragma once

#include "engine/kernels/dropout.hpp"
#include "engine/kernels/int8.hpp"
#include "engine/kernels/kernels.hpp"
#include "engine/kernels/normalise.hpp"
#include "engine/kernels/optimise.hpp"
#include "engine/kernels/scores.hpp"
#include "engine/kernels/softmax.hpp"
#include "engine/kernels/transpose.hpp"

namespace infodiet::engine::kernels {

template <class Arch, class T>
constexpr Table<T> table_of() {
  using E = Elementwise<Arch, T>;
  using N = Normalise<Arch, T>;
  using S = Softmax<Arch, T>;
  using A = Scores<Arch, T>;
  using O = Optimise<Arch, T>;
  return {
      .transpose = Transposing<Arch, T>::transpose,
      .add_row = E::add_row,
      .add_column_sums = E::add_column_sums,
      .add = E::add,
      .add_scaled = E::add_scaled,
      .product = E::product,
      .multiply = E::multiply,
      .dot = E::dot,
      .row_dots = E::row_dots,
      .next_above = E::next_above,
      .sum_of_squares = E::sum_of_squares,
      .layer_norm = N::layer_norm,
      .layer_norm_backward = N::layer_norm_backward,
      .l2_normalise = N::l2_normalise,
      .l2_normalise_backward = N::l2_normalise_backward,
      .gelu = E::gelu,
      .gelu_backward = E::gelu_backward,
      .relu = E::relu,
      .relu_backward = E::relu_backward,
      .silu = E::silu,
      .silu_backward = E::silu_backward,
      .swiglu = E::swiglu,
      .swiglu_backward = E::swiglu_backward,
      .add_gated = E::add_gated,
      .add_gated_backward = E::add_gated_backward,
      .gru_token = E::gru_token,
      .softmax_tile = S::softmax_tile,
      .softmax_from_log_sum = S::softmax_from_log_sum,
      .softmax_backward = S::softmax_backward,
      .dropout = Dropping<Arch, T>::dropout,
      .dropout_both = Dropping<Arch, T>::dropout_both,
      .dropout_noting = Dropping<Arch, T>::dropout_noting,
      .dropout_noted = Dropping<Arch, T>::dropout_noted,
      .rotate = A::rotate,
      .add_interval_bias = A::add_interval_bias,
      .add_interval_bias_backward = A::add_interval_bias_backward,
      .add_additive_scores = A::add_additive_scores,
      .add_additive_scores_backward = A::add_additive_scores_backward,
      .cross_entropy = S::cross_entropy,
      .logistic_loss = S::logistic_loss,
      .adam = O::adam,
  };
}

template <class Arch>
constexpr Int8Table int8_table_of() {
  return {.block_dots = Int8Dots<Arch>::block_dots};
}

}  // namespace infodiet::engine::kernels
