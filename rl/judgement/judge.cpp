#include "rl/judgement/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "recsys/errors.hpp"
#include "rl/runs/replay.hpp"

namespace infodiet::rl {

namespace {

/// Replays the sessions of a log, one after the other.
class Follower {
 public:
  Follower(const LoggedSessions& log, const Environment& environment, const LogOrigin& origin, const Policy& target)
      : log_(log), origin_(origin), target_(target), batch_(environment.open_sessions()) {
    const std::size_t size = log.sessions.size() * log.longest();
    result_.has_probabilities = log.has_probabilities();
    result_.weighted = {.sessions = log.sessions.size(),
                        .steps = log.longest(),
                        .ratio = std::vector<double>(size, 1.0),
                        .reward = std::vector<double>(size, 0.0)};
    result_.model = {.sessions = log.sessions.size(),
                     .steps = log.longest(),
                     .shown = std::vector<SlateFeatures>(size),
                     .expected = std::vector<SlateFeatures>(size),
                     .reward = {},
                     .length = {}};
    begin_ranks();
  }

  TargetedLog follow() {
    for (std::size_t i = 0; i < log_.sessions.size(); ++i) session(i);
    result_.model.reward = result_.weighted.reward;
    result_.model.person = result_.weighted.person;
    result_.by_rank.person = result_.weighted.person;
    if (!by_rank_) result_.by_rank = {};
    return std::move(result_);
  }

 private:
  void begin_ranks() {
    by_rank_ = result_.has_probabilities && log_.longest() == 1;
    std::size_t ranks = 0;
    for (const LoggedSession& session : log_.sessions) {
      const recsys::OwnedSlate& slate = session.slates.front();
      ranks = std::max(ranks, slate.shown.size());
      by_rank_ = by_rank_ && !slate.rank_probabilities.empty() && !slate.prefixes.empty();
    }
    if (!by_rank_) return;
    const std::size_t size = log_.sessions.size() * ranks;
    result_.by_rank = {.slates = log_.sessions.size(),
                       .ranks = ranks,
                       .rank_ratio = std::vector<double>(size, 1.0),
                       .prefix_ratio = std::vector<double>(size, 1.0),
                       .reward = std::vector<double>(size, 0.0)};
  }

  void session(std::size_t i) {
    const LoggedSession& session = log_.sessions[i];
    batch_->reset({.seed = origin_.seed,
                   .first = static_cast<std::uint32_t>(session.number),
                   .count = 1,
                   .sessions_each = origin_.sessions_each});
    for (std::size_t t = 0; t < session.slates.size(); ++t) {
      if (batch_->done()) refuse_replay(session.number, t);
      step(i, t, session.slates[t].view());
    }
    result_.weighted.person.push_back(session.person);
    result_.model.length.push_back(session.slates.size());
  }

  void step(std::size_t i, std::size_t t, const recsys::KeptSlate& logged) {
    SlateLaw law;
    batch_->observe(0, seen_);
    target_.laws(*batch_, {&law, 1});
    const std::vector<Position> slate = positions_of(seen_, logged.slate, origin_.items);
    if (slate.size() != logged.slate.size()) refuse_replay(log_.sessions[i].number, t);
    const std::size_t at = result_.weighted.at(i, t);
    if (result_.has_probabilities) {
      const double probability = log_.ordered ? slate_probability(law, slate) : set_probability(law, slate);
      result_.weighted.ratio[at] = probability / *logged.probability;
    }
    if (by_rank_) add_ranks(i, law, slate, logged);
    result_.weighted.reward[at] = logged.reward;
    result_.model.shown[at] = slate_features(seen_, slate);
    engine::RandomStream stream = batch_->policy_stream(0);
    result_.model.expected[at] = mean_features(seen_, law, stream);
    Outcome outcome;
    batch_->step({slate.data(), 1, slate.size()}, {&outcome, 1});
    const Position chosen = logged.chosen.value_or(Event::nothing);
    if (outcome.event.chosen != chosen || outcome.reward != logged.reward) refuse_replay(log_.sessions[i].number, t);
  }

  void add_ranks(std::size_t i, const SlateLaw& law, std::span<const Position> slate, const recsys::KeptSlate& logged) {
    const std::optional<std::vector<double>> ranks = rank_probabilities(law, slate);
    // A reward without a choice has no rank.
    if (!ranks || (!logged.chosen && logged.reward != 0)) {
      by_rank_ = false;
      return;
    }
    const std::vector<double> prefixes = prefix_probabilities(law, slate);
    const std::size_t at = i * result_.by_rank.ranks;
    for (std::size_t k = 0; k < slate.size(); ++k) {
      result_.by_rank.rank_ratio[at + k] = (*ranks)[k] / logged.rank_probabilities[k];
      result_.by_rank.prefix_ratio[at + k] = prefixes[k] / logged.prefixes[k];
    }
    if (logged.chosen) result_.by_rank.reward[at + *logged.chosen] = logged.reward;
  }

  const LoggedSessions& log_;
  const LogOrigin& origin_;
  const Policy& target_;
  std::unique_ptr<SessionBatch> batch_;
  Observation seen_;
  TargetedLog result_;
  bool by_rank_ = false;
};

/// The terms of the estimate minus the logged return: one more part.
SessionTerms less_earned(const SessionTerms& terms, const WeightedLog& log) {
  SessionTerms less{.parts = terms.parts + 1, .numerator = {}, .denominator = {}};
  for (std::size_t i = 0; i < log.sessions; ++i) {
    double earned = 0;
    for (std::size_t t = 0; t < log.steps; ++t) earned += log.reward[log.at(i, t)];
    for (std::size_t part = 0; part < terms.parts; ++part) {
      less.numerator.push_back(terms.numerator[i * terms.parts + part]);
      less.denominator.push_back(terms.denominator[i * terms.parts + part]);
    }
    less.numerator.push_back(-earned);
    less.denominator.push_back(1);
  }
  return less;
}

JudgedLine line_of(std::string_view name, std::string_view meaning, const SessionTerms& terms, const WeightedLog& log,
                   const ResampleOptions& options) {
  return {name, meaning, resampled(terms, log.person, options),
          resampled(less_earned(terms, log), log.person, options)};
}

/// The last step, from 1, with enough effective sessions; 0 if there is none.
std::size_t last_good_step(const std::vector<WeightFigures>& weights, double least) {
  std::size_t good = 0;
  while (good < weights.size() && weights[good].effective >= least) ++good;
  return good;
}

std::string too_few(const Judgement& judgement, const JudgeOptions& options) {
  const WeightFigures& last = judgement.weights.back();
  const std::size_t steps = judgement.weights.size();
  const std::size_t good = last_good_step(judgement.weights, options.least_effective);
  std::string text = fmt::format("of {} sessions only {:.1f} are effective at step {}, and an estimate needs {:.0f}: ",
                                 judgement.sessions, last.effective, steps, options.least_effective);
  std::vector<std::string> takes;
  if (last.effective > 0) {
    const double needed = std::ceil(options.least_effective / last.effective * static_cast<double>(judgement.sessions));
    takes.push_back(needed < 1e9 ? fmt::format("about {:.0f} sessions logged like these", needed)
                                 : fmt::format("{:.0e} sessions logged like these", needed));
  } else {
    text += "no session shows at every step what the target would show; ";
  }
  if (good > 0) takes.push_back(fmt::format("sessions of at most {} {}", good, good == 1 ? "step" : "steps"));
  takes.emplace_back("a logger that is more like the target and explores less");
  return text + fmt::format("it would take {}", fmt::join(takes, ", or "));
}

std::string off_by_too_much(const WeightFigures& last, const JudgeOptions& options) {
  return fmt::format(
      "the mean weight at the last step is {:.4g} +- {:.2g}, more than {:.0f} standard errors from 1: {} this needs a "
      "log whose policy gives every slate of the target a positive probability (simulate --explore), and the "
      "probabilities with which slates were shown",
      last.mean, last.standard_error, options.most_standard_errors,
      last.mean < 1 ? fmt::format("about {:.0f} % of what the target does has probability 0 in this log, or its "
                                  "probabilities are too high;",
                                  100 * (1 - last.mean))
                    : std::string("its probabilities are too low;"));
}

std::optional<std::string> refusal_of(const Judgement& judgement, const JudgeOptions& options) {
  const WeightFigures& last = judgement.weights.back();
  constexpr double rounding = 1e-9;
  if (!std::isfinite(last.mean)) return off_by_too_much(last, options);
  const bool off = std::abs(last.mean - 1) > options.most_standard_errors * last.standard_error + rounding;
  if (off && last.effective >= options.least_effective) return off_by_too_much(last, options);
  if (last.effective < options.least_effective) return too_few(judgement, options);
  return std::nullopt;
}

void add_forms(Judgement& judgement, const TargetedLog& log, const ResampleOptions& resample) {
  if (log.by_rank.slates == 0) return;
  for (std::size_t f = 0; f < slate_form_count; ++f) {
    const auto form = static_cast<SlateForm>(f);
    judgement.forms.push_back(line_of(name_of(form), meaning_of(form), terms_of(form, log.by_rank, log.weighted.ratio),
                                      log.weighted, resample));
  }
}

}  // namespace

TargetedLog follow(const LoggedSessions& log, const Environment& environment, const LogOrigin& origin,
                   const Policy& target) {
  for (const LoggedSession& session : log.sessions) {
    for (const recsys::OwnedSlate& slate : session.slates) {
      if (log.ordered || slate.shown.size() <= longest_unordered_slate) continue;
      throw recsys::DataError(fmt::format(
          "session {}: a slate of {} with the probability of its items in any order: at most {} can be summed over "
          "their orders; log the probability of the order shown",
          session.number, slate.shown.size(), longest_unordered_slate));
    }
  }
  return Follower(log, environment, origin, target).follow();
}

Judgement judge(const TargetedLog& log, const JudgeOptions& options) {
  const ResampleOptions resample{.resamples = options.resamples, .seed = options.seed};
  const std::set<std::int64_t> people(log.weighted.person.begin(), log.weighted.person.end());
  Judgement judgement{.people = people.size(), .sessions = log.weighted.sessions};
  for (const std::size_t length : log.model.length) judgement.slates += length;
  WeightedLog weighted = log.weighted;
  const ModelValues values = fit_values(log.model, options.seed);
  weighted.action_value = values.action;
  weighted.state_value = values.state;
  WeightedLog as_logged = weighted;
  std::fill(as_logged.ratio.begin(), as_logged.ratio.end(), 1.0);
  judgement.logged = resampled(terms_of(Estimator::ips, as_logged), weighted.person, resample);
  const auto add = [&](Estimator estimator) {
    judgement.lines.push_back(
        line_of(name_of(estimator), meaning_of(estimator), terms_of(estimator, weighted), weighted, resample));
  };
  if (log.has_probabilities) {
    judgement.weights = weight_figures(weighted);
    judgement.off_support = std::max(0.0, 1 - judgement.weights.back().mean);
    judgement.refusal = refusal_of(judgement, options);
    if (!judgement.refusal) {
      for (const Estimator estimator :
           {Estimator::ips, Estimator::snips, Estimator::pdis, Estimator::wpdis, Estimator::dr}) {
        add(estimator);
      }
      add_forms(judgement, log, resample);
    }
  } else {
    judgement.refusal =
        "the log lacks the probabilities of its slates: only the model's estimate is possible, and nothing tells how "
        "wrong it is; a weighted estimate needs a log with probabilities (simulate --keep steps, import --slates)";
  }
  add(Estimator::model);
  return judgement;
}

const JudgedLine* deciding(const Judgement& judgement) {
  const auto found = std::find_if(judgement.lines.begin(), judgement.lines.end(),
                                  [](const JudgedLine& line) { return line.name == name_of(Estimator::dr); });
  return found == judgement.lines.end() ? nullptr : &*found;
}

}  // namespace infodiet::rl
