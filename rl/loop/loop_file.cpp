#include "rl/loop/loop_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/io/json_text.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/model_store.hpp"
#include "recsys/store/parameter_tensors.hpp"

namespace infodiet::rl {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto checkpoint = "loop";

Json to_json(const WeekFigures& figures) {
  Json json = Json::object();
  for (const WeekFigure& figure : week_figures()) {
    const Estimate& estimate = figures.*figure.value;
    json[std::string(figure.name)] = {{"mean", estimate.mean}, {"stderr", estimate.standard_error}};
  }
  return json;
}

WeekFigures figures_from(const Json& json) {
  WeekFigures figures;
  for (const WeekFigure& figure : week_figures()) {
    const Json& estimate = json.at(std::string(figure.name));
    figures.*figure.value = {estimate.at("mean").get<double>(), estimate.at("stderr").get<double>()};
  }
  return figures;
}

/// An arm's people as tensors.
struct PackedPeople {
  std::vector<std::int64_t> consumed;  ///< of all, end to end
  std::vector<std::int64_t> counts;    ///< (people)
  std::vector<double> taste;           ///< (people, topics)
  std::vector<double> satisfaction;    ///< (people)
  std::vector<std::uint8_t> comes;     ///< (people)
};

PackedPeople pack(const LoopState& state) {
  PackedPeople packed;
  for (const LoopPerson& person : state.people) {
    packed.consumed.insert(packed.consumed.end(), person.consumed.begin(), person.consumed.end());
    packed.counts.push_back(static_cast<std::int64_t>(person.consumed.size()));
    packed.taste.insert(packed.taste.end(), person.taste.begin(), person.taste.end());
    packed.satisfaction.push_back(person.satisfaction);
    packed.comes.push_back(person.comes ? 1 : 0);
  }
  return packed;
}

[[noreturn]] void refuse_damaged() {
  throw recsys::DamagedError("the stored state of an interrupted loop is inconsistent: simulate without --resume");
}

std::vector<LoopPerson> unpack(const PackedPeople& packed) {
  const std::size_t people = packed.counts.size();
  if (people == 0 || packed.satisfaction.size() != people || packed.comes.size() != people ||
      packed.taste.size() % people != 0) {
    refuse_damaged();
  }
  const std::size_t topics = packed.taste.size() / people;
  std::vector<LoopPerson> unpacked;
  std::size_t next = 0;
  for (std::size_t i = 0; i < people; ++i) {
    LoopPerson& person = unpacked.emplace_back();
    if (packed.counts[i] < 0 || static_cast<std::size_t>(packed.counts[i]) > packed.consumed.size() - next) {
      refuse_damaged();
    }
    for (std::int64_t k = 0; k < packed.counts[i]; ++k) {
      const std::int64_t item = packed.consumed[next++];
      if (item < 0) refuse_damaged();
      person.consumed.push_back(static_cast<recsys::ItemIndex>(item));
    }
    const double* taste = packed.taste.data() + i * topics;
    person.taste.assign(taste, taste + topics);
    person.satisfaction = packed.satisfaction[i];
    person.comes = packed.comes[i] != 0;
  }
  return unpacked;
}

std::string prefix_of(std::size_t arm) {
  return fmt::format("{}.", arm);
}

}  // namespace

std::string loop_figures_json(const Loop& loop) {
  Json arms = Json::array();
  for (std::size_t a = 0; a < loop.arms().size(); ++a) {
    Json weeks = Json::array();
    for (const WeekFigures& week : loop.state(a).weeks) weeks.push_back(to_json(week));
    arms.push_back({{"name", loop.arms()[a].name}, {"weeks", std::move(weeks)}});
  }
  return engine::json_text(Json{{"before", to_json(loop.before())}, {"arms", std::move(arms)}});
}

bool save_loop(recsys::Database& db, const LoopIdentity& identity, const Loop& loop) {
  std::vector<PackedPeople> packed;
  for (std::size_t a = 0; a < loop.arms().size(); ++a) packed.push_back(pack(loop.state(a)));
  std::vector<recsys::TensorToStore> tensors;
  for (std::size_t a = 0; a < loop.arms().size(); ++a) {
    const std::string prefix = prefix_of(a);
    const PackedPeople& people = packed[a];
    const auto add = [&]<class T>(const char* name, const std::vector<T>& values) {
      tensors.push_back(recsys::tensor_to_store<T>(prefix + name, {values.size()}, values));
    };
    add("consumed", people.consumed);
    add("counts", people.counts);
    add("taste", people.taste);
    add("satisfaction", people.satisfaction);
    add("comes", people.comes);
    const recsys::AttentionWeights& weights = loop.state(a).weights;
    if (weights.items.size() == 0) continue;
    recsys::add_parameters(tensors, prefix, loop.network().layout(), weights.network);
    tensors.push_back(recsys::tensor_to_store<float>(prefix + "items", {weights.items.shape(0), weights.items.shape(1)},
                                                     {weights.items.data(), weights.items.size()}));
  }
  return recsys::save_checkpoint(db,
                                 {.name = checkpoint,
                                  .configuration = identity.configuration,
                                  .seed = identity.seed,
                                  .data_fingerprint = identity.data_fingerprint,
                                  .holdout = "none",
                                  .metrics = loop_figures_json(loop),
                                  .forgotten_users = identity.forgotten_users,
                                  .forgets = identity.forgets},
                                 tensors);
}

bool restore_loop(const recsys::Database& db, const LoopIdentity& identity, Loop& loop) {
  if (!recsys::find_model(db, checkpoint, recsys::ModelState::training)) return false;
  const recsys::ModelReader reader(db, checkpoint, recsys::ModelState::training);
  const recsys::ModelRecord& record = reader.record();
  if (record.configuration != identity.configuration || record.seed != identity.seed ||
      record.data_fingerprint != identity.data_fingerprint) {
    throw recsys::DataError(
        fmt::format("{}: the interrupted weeks had other data, settings or seed: repeat the command that started them, "
                    "or leave out --resume to start over",
                    db.path()));
  }
  const Json metrics = engine::parse_json<Json>(record.metrics);
  for (std::size_t a = 0; a < loop.arms().size(); ++a) {
    const std::string prefix = prefix_of(a);
    LoopState state{.people = unpack({.consumed = reader.read<std::int64_t>(prefix + "consumed"),
                                      .counts = reader.read<std::int64_t>(prefix + "counts"),
                                      .taste = reader.read<double>(prefix + "taste"),
                                      .satisfaction = reader.read<double>(prefix + "satisfaction"),
                                      .comes = reader.read<std::uint8_t>(prefix + "comes")})};
    const auto& tensors = reader.tensors();
    const bool trained = std::any_of(tensors.begin(), tensors.end(),
                                     [&](const auto& tensor) { return tensor.name == prefix + "items"; });
    if (trained) {
      const recsys::TensorInfo& items = reader.info(prefix + "items");
      if (items.shape.size() != 2) refuse_damaged();
      state.weights.network = recsys::read_parameters(reader, prefix, loop.network().layout());
      state.weights.items.resize({items.shape[0], items.shape[1]});
      reader.read(prefix + "items", std::span<float>(state.weights.items.data(), state.weights.items.size()));
    }
    try {
      for (const Json& week : metrics.at("arms").at(a).at("weeks")) state.weeks.push_back(figures_from(week));
    } catch (const nlohmann::json::exception&) {
      refuse_damaged();
    }
    loop.restore(a, std::move(state));
  }
  return true;
}

std::int64_t store_loop(recsys::Database& db, const RunRecord& run, const Loop& loop, const DataWorld& world,
                        std::string_view metrics) {
  RunWriter writer(db, run, Keep::sessions,
                   {.users = world.data.user_ids, .items = world.data.item_ids, .forgets = world.data.forgets});
  for (std::size_t a = 0; a < loop.arms().size(); ++a) {
    writer.begin_policy(loop.arms()[a].name);
    for (std::size_t i = 0; i < loop.users().size(); ++i) {
      double engagement = 0;
      for (const recsys::ItemIndex item : loop.state(a).people[i].consumed) {
        engagement += engagement_of(world.catalogue[item]);
      }
      writer.add_session(static_cast<std::uint32_t>(i), loop.users()[i], engagement);
    }
  }
  recsys::delete_checkpoint(db, checkpoint);
  writer.finish(metrics);
  return writer.run();
}

}  // namespace infodiet::rl
