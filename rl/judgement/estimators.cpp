#include "rl/judgement/estimators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/errors.hpp"
#include "engine/random.hpp"

namespace infodiet::rl {

namespace {

struct Named {
  std::string_view name;
  std::string_view meaning;
};
constexpr std::array<Named, estimator_count> estimators{{
    {"ips", "whole sessions by their weight"},
    {"snips", "the same over the sum of the weights: a little biased, much less spread"},
    {"pdis", "each reward by the weight up to its step"},
    {"wpdis", "the same over the sum of the weights of the step"},
    {"dr", "doubly robust: the model, corrected by weighted rewards"},
    {"model", "the model's estimate alone: as good as the model"},
}};
constexpr std::array<Named, slate_form_count> forms{{
    {"standard", "the weight of the whole slate"},
    {"independent", "the weight of each rank, if ranks do not affect each other"},
    {"cascade", "the weight of the ranks down to each, if people look from the top"},
}};

void require(bool fits, std::string_view what) {
  if (!fits) throw ShapeError(fmt::format("off-policy estimate: {}", what));
}

void check(const WeightedLog& log, bool needs_model) {
  const std::size_t size = log.sessions * log.steps;
  require(log.sessions > 0 && log.steps > 0, "there are no sessions");
  require(log.ratio.size() == size && log.reward.size() == size, "expected a ratio and a reward for every step");
  require(!needs_model || (log.action_value.size() == size && log.state_value.size() == size),
          "expected the model's values of every step");
}

/// The term of one session for estimators with one part.
double session_value(Estimator estimator, const WeightedLog& log, std::size_t session) {
  if (estimator == Estimator::model) return log.state_value[log.at(session, 0)];
  double weight = 1;
  double before = 1;
  double earned = 0;
  double by_step = 0;
  double corrected = 0;
  for (std::size_t t = 0; t < log.steps; ++t) {
    const std::size_t at = log.at(session, t);
    before = weight;
    weight *= log.ratio[at];
    earned += log.reward[at];
    by_step += weight * log.reward[at];
    if (estimator == Estimator::dr) {
      corrected += before * log.state_value[at] + weight * (log.reward[at] - log.action_value[at]);
    }
  }
  if (estimator == Estimator::dr) return corrected;
  return estimator == Estimator::pdis ? by_step : weight * earned;
}

double session_weight(const WeightedLog& log, std::size_t session) {
  double weight = 1;
  for (std::size_t t = 0; t < log.steps; ++t) weight *= log.ratio[log.at(session, t)];
  return weight;
}

SessionTerms terms_by_step(const WeightedLog& log) {
  SessionTerms terms{.parts = log.steps, .numerator = {}, .denominator = {}};
  for (std::size_t i = 0; i < log.sessions; ++i) {
    double weight = 1;
    for (std::size_t t = 0; t < log.steps; ++t) {
      weight *= log.ratio[log.at(i, t)];
      terms.numerator.push_back(weight * log.reward[log.at(i, t)]);
      terms.denominator.push_back(weight);
    }
  }
  return terms;
}

/// Sums of terms by person.
struct PeopleTerms {
  std::size_t people = 0;
  std::vector<double> sums;  ///< (people, 2 parts)
};

PeopleTerms by_person(const SessionTerms& terms, std::span<const std::int64_t> person) {
  const std::size_t width = 2 * terms.parts;
  PeopleTerms people;
  std::map<std::int64_t, std::size_t> numbers;
  for (std::size_t i = 0; i < person.size(); ++i) {
    const auto [entry, fresh] = numbers.emplace(person[i], numbers.size());
    if (fresh) people.sums.resize(people.sums.size() + width, 0.0);
    double* sums = &people.sums[entry->second * width];
    for (std::size_t part = 0; part < terms.parts; ++part) {
      sums[2 * part] += terms.numerator[i * terms.parts + part];
      sums[2 * part + 1] += terms.denominator[i * terms.parts + part];
    }
  }
  people.people = numbers.size();
  return people;
}

double ratio_of(std::span<const double> sums) {
  double value = 0;
  for (std::size_t part = 0; part < sums.size(); part += 2) {
    if (sums[part + 1] != 0) value += sums[part] / sums[part + 1];
  }
  return value;
}

/// The quantile of sorted values at a share, interpolated linearly.
double quantile(std::span<const double> sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

std::string_view name_of(Estimator estimator) {
  return estimators.at(static_cast<std::size_t>(estimator)).name;
}
std::string_view meaning_of(Estimator estimator) {
  return estimators.at(static_cast<std::size_t>(estimator)).meaning;
}
std::string_view name_of(SlateForm form) {
  return forms.at(static_cast<std::size_t>(form)).name;
}
std::string_view meaning_of(SlateForm form) {
  return forms.at(static_cast<std::size_t>(form)).meaning;
}

SessionTerms terms_of(Estimator estimator, const WeightedLog& log) {
  check(log, estimator == Estimator::dr || estimator == Estimator::model);
  if (estimator == Estimator::wpdis) return terms_by_step(log);
  SessionTerms terms;
  for (std::size_t i = 0; i < log.sessions; ++i) {
    terms.numerator.push_back(session_value(estimator, log, i));
    terms.denominator.push_back(estimator == Estimator::snips ? session_weight(log, i) : 1);
  }
  return terms;
}

SessionTerms terms_of(SlateForm form, const RankLog& log, std::span<const double> slate_ratio) {
  const std::size_t size = log.slates * log.ranks;
  require(log.reward.size() == size && slate_ratio.size() == log.slates, "expected a reward for every rank");
  require(form == SlateForm::standard || (log.rank_ratio.size() == size && log.prefix_ratio.size() == size),
          "expected the ratios of every rank");
  SessionTerms terms;
  for (std::size_t i = 0; i < log.slates; ++i) {
    double value = 0;
    for (std::size_t k = 0; k < log.ranks; ++k) {
      const std::size_t at = i * log.ranks + k;
      const double ratio = form == SlateForm::standard      ? slate_ratio[i]
                           : form == SlateForm::independent ? log.rank_ratio[at]
                                                            : log.prefix_ratio[at];
      value += ratio * log.reward[at];
    }
    terms.numerator.push_back(value);
    terms.denominator.push_back(1);
  }
  return terms;
}

double estimate_of(const SessionTerms& terms) {
  std::vector<double> sums(2 * terms.parts, 0.0);
  for (std::size_t i = 0; i < terms.numerator.size(); ++i) {
    sums[2 * (i % terms.parts)] += terms.numerator[i];
    sums[2 * (i % terms.parts) + 1] += terms.denominator[i];
  }
  return ratio_of(sums);
}

JudgedValue resampled(const SessionTerms& terms, std::span<const std::int64_t> person, const ResampleOptions& options) {
  const PeopleTerms people = by_person(terms, person);
  const std::size_t width = 2 * terms.parts;
  std::vector<double> values;
  std::vector<double> sums(width);
  for (std::size_t r = 0; r < options.resamples; ++r) {
    engine::RandomStream stream(options.seed, engine::Purpose::bootstrap, static_cast<std::uint32_t>(r));
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < people.people; ++i) {
      const double* drawn = &people.sums[stream.below(people.people) * width];
      for (std::size_t j = 0; j < width; ++j) sums[j] += drawn[j];
    }
    values.push_back(ratio_of(sums));
  }
  std::sort(values.begin(), values.end());
  return {estimate_of(terms), quantile(values, 0.025), quantile(values, 0.975)};
}

namespace {

/// `weights` (sessions) of one step. Divides them by the largest, so that squares do not overflow.
WeightFigures figures_of(std::span<const double> weights, std::span<const std::int64_t> person) {
  const double largest = *std::max_element(weights.begin(), weights.end());
  if (largest == 0) return {};
  if (!std::isfinite(largest)) {
    return {.effective = 0, .mean = largest, .standard_error = largest, .largest_share = 1};
  }
  SessionTerms terms{.parts = 1, .numerator = {}, .denominator = std::vector<double>(weights.size(), 1.0)};
  double sum = 0;
  double squares = 0;
  for (const double weight : weights) {
    const double scaled = weight / largest;
    terms.numerator.push_back(scaled);
    sum += scaled;
    squares += scaled * scaled;
  }
  const auto sessions = static_cast<double>(weights.size());
  const double mean = sum / sessions;
  const PeopleTerms people = by_person(terms, person);
  // For a ratio of sums over people (delta method), since sessions of one person may depend on each other.
  double spread = 0;
  for (std::size_t p = 0; p < people.people; ++p) {
    const double off = people.sums[2 * p] - mean * people.sums[2 * p + 1];
    spread += off * off;
  }
  const auto count = static_cast<double>(people.people);
  const double error = count > 1 ? std::sqrt(spread * count / (count - 1)) / sessions : 0;
  return {.effective = sum * sum / squares,
          .mean = largest * mean,
          .standard_error = largest * error,
          .largest_share = 1 / sum};
}

}  // namespace

std::vector<WeightFigures> weight_figures(const WeightedLog& log) {
  check(log, false);
  std::vector<WeightFigures> figures;
  std::vector<double> weights(log.sessions, 1.0);
  for (std::size_t t = 0; t < log.steps; ++t) {
    for (std::size_t i = 0; i < log.sessions; ++i) weights[i] *= log.ratio[log.at(i, t)];
    figures.push_back(figures_of(weights, log.person));
  }
  return figures;
}

}  // namespace infodiet::rl
