#include "recsys/attention/blend_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/shape.hpp"
#include "recsys/ranking/score_each.hpp"

namespace infodiet::recsys {

namespace {

constexpr double least_part_weight = 0.01;
constexpr double prior_cases = 200;
constexpr std::size_t most_groups = 4;
constexpr std::size_t cases_a_group = 100;

constexpr std::array attention_temperatures = {1.0, 1.25, 1.5, 1.75, 2.0};

// Of a softmax, how sharp it should be is fitted.
std::vector<double> temperatures_of(const std::shared_ptr<const Recommender>& model) {
  const double usual = as_part(model).temperature;
  if (usual == 0) return {0};
  std::vector<double> all;
  for (const double times : {1.0, 0.4, 0.6, 1.6, 2.5}) all.push_back(times * usual);
  return all;
}

// One column of MixtureCases.
struct Variant {
  std::size_t model;  // 0 for attention
  double temperature;
};

std::vector<Variant> variants_of(std::span<const std::shared_ptr<const Recommender>> parts) {
  std::vector<Variant> variants;
  variants.reserve(attention_temperatures.size());
  for (const double temperature : attention_temperatures) variants.push_back({0, temperature});
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (const double temperature : temperatures_of(parts[p])) variants.push_back({p + 1, temperature});
  }
  return variants;
}

MixtureCases count_targets(std::span<const EvaluationCase> cases, std::size_t models) {
  MixtureCases all;
  for (const EvaluationCase& one : cases) {
    for (std::size_t t = 0; t < one.targets.size(); ++t) {
      all.counts.push_back(1 / static_cast<double>(one.targets.size()));
    }
  }
  all.shares.resize({all.counts.size(), models});
  return all;
}

// Every variant's share of every target, of attention those given.
MixtureCases shares_of_targets(std::span<const double> attention,
                               std::span<const std::shared_ptr<const Recommender>> parts,
                               std::span<const Variant> variants, std::span<const EvaluationCase> cases,
                               engine::ThreadPool& pool) {
  struct Scratch {
    std::vector<double> numerators;
    std::vector<double> shares;
  };
  MixtureCases all = count_targets(cases, variants.size());
  constexpr std::size_t times = attention_temperatures.size();
  engine::require_size(attention.size(), times * all.counts.size(), "mixture", "attention's shares",
                       "one for each target and temperature");
  std::vector<std::size_t> first_target{0};
  for (const EvaluationCase& one : cases) {
    const std::size_t first = first_target.back();
    for (std::size_t i = 0; i < times * one.targets.size(); ++i) {
      all.shares(first + i % one.targets.size(), i / one.targets.size()) = attention[times * first + i];
    }
    first_target.push_back(first + one.targets.size());
  }
  std::vector<Scratch> all_scratch(pool.size());
  const auto history_of = [&](std::size_t number) { return cases[number].history; };
  for (std::size_t part = 0; part < parts.size(); ++part) {
    score_each(*parts[part], pool, cases.size(), history_of, [&](const ScoredRow& row) {
      Scratch& scratch = all_scratch[row.worker];
      for (std::size_t variant = 0; variant < variants.size(); ++variant) {
        if (variants[variant].model != part + 1) continue;
        scratch.shares.clear();
        add_target_shares(cases[row.number], row.scores, variants[variant].temperature, scratch.numerators,
                          scratch.shares);
        for (std::size_t t = 0; t < scratch.shares.size(); ++t) {
          all.shares(first_target[row.number] + t, variant) = scratch.shares[t];
        }
      }
    });
  }
  return all;
}

MixtureCases some_columns(const MixtureCases& all, std::span<const std::size_t> columns) {
  MixtureCases some;
  some.counts = all.counts;
  some.shares.resize({all.counts.size(), columns.size()});
  for (std::size_t c = 0; c < all.counts.size(); ++c) {
    for (std::size_t m = 0; m < columns.size(); ++m) some.shares(c, m) = all.shares(c, columns[m]);
  }
  return some;
}

// Attention's given one, and for every part the variant that makes the whole likeliest, found part by part, the others
// being as they are.
std::vector<std::size_t> choose_variants(const MixtureCases& all, std::span<const Variant> variants,
                                         std::size_t attention) {
  std::vector<std::size_t> chosen{attention};
  for (std::size_t v = attention_temperatures.size(); v < variants.size(); ++v) {
    if (variants[v].model != variants[v - 1].model) chosen.push_back(v);
  }
  double best = fit_mixture(some_columns(all, chosen)).log_likelihood;
  for (std::size_t v = attention_temperatures.size(); v < variants.size(); ++v) {
    std::vector<std::size_t> other = chosen;
    other[variants[v].model] = v;
    if (other == chosen) continue;
    const double likelihood = fit_mixture(some_columns(all, other)).log_likelihood;
    if (likelihood <= best) continue;
    best = likelihood;
    chosen = std::move(other);
  }
  return chosen;
}

// Targets by the length of the history, in groups of about as many.
struct Group {
  double length;  // the middle one
  std::vector<std::size_t> targets;
};

std::vector<Group> groups_of(std::span<const EvaluationCase> cases) {
  std::vector<std::size_t> length_of_target;
  for (const EvaluationCase& one : cases)
    length_of_target.insert(length_of_target.end(), one.targets.size(), one.history.size());
  std::vector<std::size_t> order(length_of_target.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return length_of_target[a] < length_of_target[b]; });
  const std::size_t count = std::clamp<std::size_t>(order.size() / cases_a_group, 1, most_groups);
  std::vector<Group> groups;
  for (std::size_t g = 0; g < count; ++g) {
    const std::size_t begin = order.size() * g / count;
    const std::size_t end = order.size() * (g + 1) / count;
    Group group{.length = static_cast<double>(length_of_target[order[(begin + end) / 2]]),
                .targets = {order.begin() + static_cast<std::ptrdiff_t>(begin),
                            order.begin() + static_cast<std::ptrdiff_t>(end)}};
    if (!groups.empty() && groups.back().length == group.length) {
      groups.back().targets.insert(groups.back().targets.end(), group.targets.begin(), group.targets.end());
    } else {
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

struct FittedBlend {
  Blend blend = {};  // no parts if none counts
  double log_likelihood = 0;
};

// The weights of what is in `all` that make the targets likeliest, with attention's temperature of that number.
FittedBlend fit_weights(const MixtureCases& all, std::span<const Variant> variants, std::size_t attention,
                        std::span<const std::shared_ptr<const Recommender>> parts,
                        std::span<const EvaluationCase> cases) {
  const std::vector<std::size_t> columns = choose_variants(all, variants, attention);
  const Mixture whole = fit_mixture(some_columns(all, columns));
  // Parts that hardly count would only cost time and room.
  std::vector<std::size_t> kept{columns[0]};
  for (std::size_t m = 1; m < columns.size(); ++m) {
    if (whole.weights[m] >= least_part_weight) kept.push_back(columns[m]);
  }
  FittedBlend fitted{.log_likelihood = whole.log_likelihood};
  if (kept.size() == 1) return fitted;
  const MixtureCases some = some_columns(all, kept);
  const MixturePrior prior{.weights = fit_mixture(some).weights, .cases = prior_cases};
  Blend& blend = fitted.blend;
  blend.temperature = variants[attention].temperature;
  for (std::size_t m = 1; m < kept.size(); ++m) {
    const Variant& variant = variants[kept[m]];
    blend.parts.push_back({.model = parts[variant.model - 1], .temperature = variant.temperature});
  }
  for (const Group& group : groups_of(cases)) {
    blend.lengths.push_back(group.length);
    blend.weights.push_back(fit_mixture(some, group.targets, prior).weights);
  }
  return fitted;
}

}  // namespace

Mixture fit_mixture(const MixtureCases& all, std::span<const std::size_t> cases, const MixturePrior& prior) {
  const std::size_t models = all.shares.shape(1);
  engine::require_size(all.counts.size(), all.shares.shape(0), "mixture", "the number of counts", "one for each case");
  if (prior.cases > 0) {
    engine::require_size(prior.weights.size(), models, "mixture", "the prior's weights", "one for each model");
  }
  std::vector<std::size_t> rows(cases.begin(), cases.end());
  if (rows.empty()) {
    rows.resize(all.counts.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
  }
  constexpr std::size_t most_rounds = 10000;
  constexpr double still = 1e-9;
  Mixture mixture{.weights = std::vector<double>(models, 1 / static_cast<double>(models))};
  double total = 0;
  for (const std::size_t row : rows) total += all.counts[row];
  const auto share_of = [&](std::size_t row) {
    return std::inner_product(mixture.weights.begin(), mixture.weights.end(), &all.shares(row, 0), 0.0);
  };
  std::vector<double> next(models);
  for (std::size_t round = 0; round < most_rounds; ++round) {
    for (std::size_t m = 0; m < models; ++m) next[m] = prior.cases > 0 ? prior.cases * prior.weights[m] : 0;
    for (const std::size_t row : rows) {
      const double* shares = &all.shares(row, 0);
      const double share = share_of(row);
      for (std::size_t m = 0; m < models; ++m) next[m] += all.counts[row] * mixture.weights[m] * shares[m] / share;
    }
    double moved = 0;
    for (std::size_t m = 0; m < models; ++m) {
      next[m] /= total + prior.cases;
      moved = std::max(moved, std::abs(next[m] - mixture.weights[m]));
    }
    mixture.weights = next;
    if (moved < still) break;
  }
  for (const std::size_t row : rows) mixture.log_likelihood += all.counts[row] * std::log(share_of(row)) / total;
  return mixture;
}

void add_target_shares(const EvaluationCase& one, std::span<const float> scores, double temperature,
                       std::vector<double>& numerators, std::vector<double>& shares) {
  const double sum = numerators_of(scores, temperature, numerators);
  for (const ItemIndex item : one.targets) shares.push_back(std::max(share_floor, numerators[item] / sum));
}

void add_attention_shares(const EvaluationCase& one, std::span<const float> scores, std::vector<double>& numerators,
                          std::vector<double>& shares) {
  for (const double temperature : attention_temperatures) {
    add_target_shares(one, scores, temperature, numerators, shares);
  }
}

std::vector<double> target_shares(const Recommender& model, std::span<const EvaluationCase> cases,
                                  engine::ThreadPool& pool) {
  std::vector<std::vector<double>> of_case(cases.size());
  std::vector<std::vector<double>> numerators(pool.size());
  const auto history_of = [&](std::size_t number) { return cases[number].history; };
  score_each(model, pool, cases.size(), history_of, [&](const ScoredRow& row) {
    add_attention_shares(cases[row.number], row.scores, numerators[row.worker], of_case[row.number]);
  });
  std::vector<double> all;
  for (const std::vector<double>& shares : of_case) all.insert(all.end(), shares.begin(), shares.end());
  return all;
}

std::vector<Blend> fit_blends(std::span<const double> attention,
                              std::span<const std::shared_ptr<const Recommender>> parts,
                              std::span<const EvaluationCase> cases, engine::ThreadPool& pool) {
  if (parts.empty() || cases.empty()) return {};
  const std::vector<Variant> variants = variants_of(parts);
  const MixtureCases all = shares_of_targets(attention, parts, variants, cases, pool);
  std::vector<FittedBlend> fitted(attention_temperatures.size());
  pool.run(fitted.size(), [&](std::size_t t, std::size_t) { fitted[t] = fit_weights(all, variants, t, parts, cases); });
  const auto likeliest = std::max_element(fitted.begin(), fitted.end(), [](const FittedBlend& a, const FittedBlend& b) {
    return a.log_likelihood < b.log_likelihood;
  });
  std::vector<Blend> blends;
  for (auto one = fitted.begin(); one <= likeliest; ++one) {
    if (!one->blend.parts.empty()) blends.push_back(std::move(one->blend));
  }
  return blends;
}

}  // namespace infodiet::recsys
