#include "rl/policies/slateq/choice_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/errors.hpp"
#include "rl/policies/slateq/linear_system.hpp"

namespace infodiet::rl {

namespace {

constexpr double choice_ridge = 1;
constexpr int newton_steps = 10;
constexpr double converged = 1e-4;

double weight(std::span<const double> features, std::span<const double> weights) {
  const double exponent = std::inner_product(features.begin(), features.end(), weights.begin(), 0.0);
  return std::exp(std::clamp(exponent, -30.0, 30.0));
}

}  // namespace

ChoiceModel::ChoiceModel(std::size_t item_features, std::size_t session_features)
    : item_features_(item_features),
      session_features_(session_features),
      weights_(item_features + session_features, 0.0) {}

double ChoiceModel::weight_of_item(std::span<const double> features) const {
  return weight(features, std::span(weights_).first(item_features_));
}

double ChoiceModel::weight_of_nothing(std::span<const double> features) const {
  return weight(features, std::span(weights_).last(session_features_));
}

void ChoiceModel::fit(std::span<const ObservedChoice> choices) {
  const std::size_t size = weights_.size();
  for (int step = 0; step < newton_steps; ++step) {
    // One iteration of reweighted least squares: with outcome o of probability p_o, indicator y_o and centred features
    // x_o - mean, each adds p_o x x^T to the Hessian and x y_o to the gradient.
    NormalEquations equations(size);
    for (const ObservedChoice& choice : choices) {
      if (choice.items.size() % item_features_ != 0 || choice.session.size() != session_features_) {
        throw ShapeError(fmt::format("ChoiceModel: rows of {} and {} features: expected a multiple of {} and {}",
                                     choice.items.size(), choice.session.size(), item_features_, session_features_));
      }
      const std::size_t shown = choice.items.size() / item_features_;
      std::vector<std::vector<double>> rows(shown + 1, std::vector<double>(size, 0.0));
      std::vector<double> p(shown + 1);
      for (std::size_t i = 0; i < shown; ++i) {
        const auto features = std::span(choice.items).subspan(i * item_features_, item_features_);
        std::copy(features.begin(), features.end(), rows[i].begin());
        p[i] = weight_of_item(features);
      }
      std::copy(choice.session.begin(), choice.session.end(),
                rows[shown].begin() + static_cast<std::ptrdiff_t>(item_features_));
      p[shown] = weight_of_nothing(choice.session);
      const double total = std::accumulate(p.begin(), p.end(), 0.0);
      std::vector<double> mean(size, 0.0);
      for (std::size_t o = 0; o <= shown; ++o) {
        p[o] /= total;
        for (std::size_t k = 0; k < size; ++k) mean[k] += p[o] * rows[o][k];
      }
      const std::size_t chosen = choice.chosen == ObservedChoice::nothing ? shown : choice.chosen;
      for (std::size_t o = 0; o <= shown; ++o) {
        for (std::size_t k = 0; k < size; ++k) rows[o][k] -= mean[k];
        // The target is the working response (x . w) + (y - p) / p; times weight p it adds p x (x . w) + x (y - p).
        const double fitted = std::inner_product(rows[o].begin(), rows[o].end(), weights_.begin(), 0.0);
        equations.add(rows[o], fitted + ((o == chosen ? 1 : 0) - p[o]) / p[o], p[o]);
      }
    }
    std::vector<double> next = equations.solve(choice_ridge);
    double moved = 0;
    for (std::size_t k = 0; k < size; ++k) moved = std::max(moved, std::abs(next[k] - weights_[k]));
    weights_ = std::move(next);
    if (moved < converged) return;
  }
}

}  // namespace infodiet::rl
