#include "tools/commands/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "recsys/attention/model_file.hpp"
#include "recsys/baselines/baselines.hpp"
#include "recsys/errors.hpp"
#include "recsys/evaluation/bootstrap.hpp"
#include "recsys/evaluation/list_metrics.hpp"
#include "recsys/evaluation/metrics.hpp"
#include "recsys/evaluation/per_user.hpp"
#include "recsys/evaluation/ranks.hpp"
#include "recsys/evaluation/targets.hpp"
#include "recsys/evaluation/trec.hpp"
#include "recsys/split.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_store.hpp"
#include "tools/progress.hpp"
#include "tools/table.hpp"

namespace infodiet::tools {

namespace {

constexpr std::string_view leave_one_out = "leave-one-out";
constexpr std::string_view temporal = "temporal";
constexpr std::string_view attention = "attention";
constexpr recsys::Metric shown[] = {recsys::Metric::hit_rate, recsys::Metric::ndcg, recsys::Metric::mrr};
// Long enough for what evaluators usually look at; the lists written for them are at least this long.
constexpr std::size_t trec_list_length = 100;
// The figure that models are compared by.
constexpr std::size_t compared_k = 10;

// What is asked of the models, and what they may have learnt from.
struct Examination {
  std::string protocol;
  recsys::Dataset data;
  recsys::Dataset training;                         // what baselines are counted from
  std::optional<recsys::TargetCases> target_cases;  // owns the cases of --targets
  std::vector<recsys::EvaluationCase> cases;
};

struct Examined {
  recsys::RankedCases ranked;
  std::vector<double> compared;  // NDCG@10, case by case
};

// The attention model only if it has not seen what it is asked for; a refusal says why.
void refuse_what_was_seen(const recsys::ModelRecord& model, const Examination& examination,
                          const recsys::Holdout& needed) {
  const recsys::Holdout holdout = recsys::parse_holdout(model.holdout);
  if (holdout != needed) {
    throw recsys::DataError(fmt::format(
        "the attention model was trained with --holdout {}, so it has seen what --protocol {} asks for: train with "
        "'infodiet train --holdout {}', or score pairs that are not stored with --targets",
        model.holdout, examination.protocol, recsys::format_holdout(needed)));
  }
  if (model.data_fingerprint != recsys::data_fingerprint(examination.data)) {
    throw recsys::DataError(
        "the interactions have changed since the attention model was trained, so what it has seen is no longer known: "
        "run 'infodiet train' again");
  }
}

recsys::Holdout holdout_of(std::string_view protocol, const std::optional<recsys::ModelRecord>& model) {
  if (protocol == leave_one_out) return {.kind = recsys::HoldoutKind::last};
  // The cut is the one the model was trained with.
  if (model) {
    const recsys::Holdout holdout = recsys::parse_holdout(model->holdout);
    if (holdout.kind == recsys::HoldoutKind::temporal) return holdout;
  }
  return {.kind = recsys::HoldoutKind::temporal};
}

recsys::KeyLookup lookup_in(const recsys::Database& db, const recsys::Dataset& data) {
  const auto index_of = [](const std::vector<std::int64_t>& ids, std::int64_t id) {
    return static_cast<std::size_t>(std::lower_bound(ids.begin(), ids.end(), id) - ids.begin());
  };
  return {.user = [&db, &data, index_of](std::string_view key) -> std::optional<std::size_t> {
            const std::optional<std::int64_t> id = recsys::find_user(db, key);
            if (!id) return std::nullopt;
            return index_of(data.user_ids, *id);
          },
          .item = [&db, &data, index_of](std::string_view key) -> std::optional<recsys::ItemIndex> {
            const std::optional<std::int64_t> id = recsys::find_item(db, key);
            if (!id) return std::nullopt;
            return static_cast<recsys::ItemIndex>(index_of(data.item_ids, *id));
          }};
}

// What models' lists are like, beside being right.
struct ListQualities {
  std::vector<std::uint32_t> training_counts;
  recsys::ItemTopics topics;

  ListQualities(const recsys::Dataset& training, const std::vector<recsys::Item>& items)
      : training_counts(training.catalogue_size(), 0) {
    for (const recsys::ItemIndex item : training.items) ++training_counts[item];
    std::vector<std::string> names;
    for (const recsys::Item& item : items) names.insert(names.end(), item.topics.begin(), item.topics.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const recsys::Item& item : items) {
      std::set<std::uint32_t> numbers;
      for (const std::string& topic : item.topics) {
        numbers.insert(static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), topic) - names.begin()));
      }
      topics.topics.insert(topics.topics.end(), numbers.begin(), numbers.end());
      topics.offsets.push_back(topics.topics.size());
    }
  }

  void add_to(Json& json, const recsys::RankedCases& ranked, std::size_t k) const {
    const recsys::ItemLists lists = recsys::lists_at(ranked, k);
    const std::optional<double> diversity = recsys::intra_list_diversity(lists, topics);
    json[fmt::format("coverage@{}", k)] = recsys::catalogue_coverage(lists, training_counts.size());
    json[fmt::format("gini@{}", k)] = recsys::recommendation_gini(lists, training_counts.size());
    json[fmt::format("novelty@{}", k)] = recsys::mean_novelty(lists, training_counts);
    json[fmt::format("diversity@{}", k)] = diversity ? Json(*diversity) : Json(nullptr);
  }
};

std::string column_title(recsys::Metric metric, std::size_t k) {
  std::string title = recsys::metric_key(metric, k);
  std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return std::toupper(c); });
  return title;
}

Table table_of(const std::vector<Examined>& models, const std::vector<std::size_t>& cutoffs) {
  std::vector<Column> columns = {{.title = "model"}};
  for (const recsys::Metric metric : shown) {
    for (const std::size_t k : cutoffs) columns.push_back({.title = column_title(metric, k), .align = Align::right});
  }
  Table table(std::move(columns));
  for (const Examined& model : models) {
    std::vector<std::string> cells = {model.ranked.model};
    for (const recsys::Metric metric : shown) {
      for (const std::size_t k : cutoffs) {
        cells.push_back(fmt::format("{:.4f}", recsys::mean(recsys::metric_per_case(metric, model.ranked, k))));
      }
    }
    table.add(std::move(cells));
  }
  return table;
}

}  // namespace

void EvaluateCommand::setup(CommandSpec& spec) {
  spec.description =
      "Asks every model what each person took in next and prints how well it did, over the whole catalogue: the "
      "baselines, counted anew from what may be learnt from, and the attention model if one is published. A model is "
      "never scored on what it was trained on. With 'leave-one-out' the last item of each history is asked for, with "
      "'temporal' all that came after the time cut of 'train --holdout temporal:0.9', with --targets the pairs of a "
      "file "
      "after the whole stored history.";
  spec.example = "infodiet evaluate --db world.db --k 5,10,20";
  spec.options.choice({.name = "protocol", .value = "HOW", .help = "what is asked for"}, protocol_,
                      {std::string(leave_one_out), std::string(temporal)});
  spec.options.integers({.name = "k", .value = "N,N,...", .help = "lengths of the lists that are judged"}, cutoffs_,
                        Range<std::size_t>{.minimum = 1, .maximum = 1000000});
  spec.options.text({.name = "targets", .value = "FILE", .help = "score these user,item pairs instead"}, targets_);
  spec.options.text({.name = "trec", .value = "DIR", .help = "write qrels.txt and <model>.run for other evaluators"},
                    trec_folder_);
  spec.options.text({.name = "per-user", .value = "FILE", .help = "write every user's ranks and figures as CSV"},
                    per_user_file_);
}

ExitCode EvaluateCommand::run(const Context& context) {
  const Console& console = context.console;
  const recsys::Database db(context.shared.database, recsys::OpenMode::read_only);
  const recsys::Snapshot snapshot(db);
  const std::optional<recsys::ModelRecord> published = recsys::find_model(db, attention, recsys::ModelState::published);

  Examination examination{
      .protocol = protocol_, .data = recsys::load_dataset(db), .training = {}, .target_cases = {}, .cases = {}};
  if (targets_) {
    examination.protocol = "targets";
    examination.training = examination.data;
    examination.target_cases = recsys::read_targets(*targets_, examination.data, lookup_in(db, examination.data));
    const auto cases = examination.target_cases->cases();
    examination.cases.assign(cases.begin(), cases.end());
  } else {
    const recsys::Holdout holdout = holdout_of(protocol_, published);
    if (published) refuse_what_was_seen(*published, examination, holdout);
    examination.training = recsys::training_part(examination.data, holdout);
    examination.cases = recsys::test_cases(examination.data, holdout);
    if (examination.cases.empty()) {
      throw recsys::DataError(fmt::format(
          "{}: nobody has enough history for --protocol {} (three interactions are needed)", db.path(), protocol_));
    }
  }

  std::vector<std::unique_ptr<recsys::Recommender>> models;
  for (const std::string_view name : recsys::baseline_names) {
    models.push_back(recsys::make_baseline(name, examination.training));
  }
  if (published) {
    models.push_back(recsys::load_attention_model(db, examination.data));
  } else {
    console.note("no attention model is published: 'infodiet train' makes one");
  }

  engine::ThreadPool pool(context.shared.threads);
  const std::size_t longest =
      std::max(*std::max_element(cutoffs_.begin(), cutoffs_.end()), trec_folder_ ? trec_list_length : std::size_t{1});
  std::vector<Examined> examined;
  {
    Progress progress(console, "evaluating", models.size());
    for (const std::unique_ptr<recsys::Recommender>& model : models) {
      recsys::RankedCases ranked = recsys::rank_cases(*model, examination.cases, longest, pool);
      std::vector<double> compared = recsys::metric_per_case(recsys::Metric::ndcg, ranked, compared_k);
      examined.push_back({std::move(ranked), std::move(compared)});
      progress.update(examined.size());
    }
  }

  const std::vector<recsys::Item> items = recsys::list_items(db);
  if (trec_folder_ || per_user_file_) {
    const std::vector<recsys::User> users = recsys::list_users(db);
    const recsys::KeyNames keys{.user = [&](std::size_t user) { return users[user].key; },
                                .item = [&](recsys::ItemIndex item) { return items[item].key; }};
    if (trec_folder_) {
      recsys::write_trec_qrels(*trec_folder_, examination.cases, keys);
      for (const Examined& model : examined) {
        recsys::write_trec_run(*trec_folder_, examination.cases, model.ranked, keys);
      }
    }
    if (per_user_file_) {
      std::vector<recsys::RankedCases> all;
      for (const Examined& model : examined) all.push_back(model.ranked);
      std::vector<recsys::MetricAtK> metrics;
      for (const recsys::Metric metric : shown) {
        for (const std::size_t k : cutoffs_) metrics.push_back({metric, k});
      }
      recsys::write_per_user(*per_user_file_, examination.cases, all, metrics, keys);
    }
  }

  // The last model is the one to judge: every other is set against it.
  const Examined& judged = examined.back();
  Json differences = Json::array();
  std::vector<std::string> sentences;
  for (const Examined& other : examined) {
    if (&other == &judged) continue;
    const recsys::Interval interval =
        recsys::paired_bootstrap(judged.compared, other.compared, {.seed = context.shared.seed}, pool);
    differences.push_back({{"models", {judged.ranked.model, other.ranked.model}},
                           {"metric", recsys::metric_key(recsys::Metric::ndcg, compared_k)},
                           {"difference", interval.mean},
                           {"low", interval.low},
                           {"high", interval.high}});
    sentences.push_back(fmt::format("{} over {}: NDCG@{} {:+.4f}, 95 % interval [{:+.4f}, {:+.4f}]",
                                    judged.ranked.model, other.ranked.model, compared_k, interval.mean, interval.low,
                                    interval.high));
  }

  if (console.json()) {
    const ListQualities qualities(examination.training, items);
    Json rows = Json::array();
    for (const Examined& model : examined) {
      Json row = {{"name", model.ranked.model}};
      for (const std::size_t k : cutoffs_) {
        for (const recsys::Metric metric : recsys::all_metrics) {
          row[recsys::metric_key(metric, k)] = recsys::mean(recsys::metric_per_case(metric, model.ranked, k));
        }
        qualities.add_to(row, model.ranked, k);
      }
      rows.push_back(std::move(row));
    }
    console.print_json(Json{{"protocol", examination.protocol},
                            {"users", examination.cases.size()},
                            {"items", examination.data.catalogue_size()},
                            {"models", std::move(rows)},
                            {"differences", std::move(differences)}});
    return ExitCode::done;
  }
  console.print(fmt::format("{}: {} users, ranking all {} items", examination.protocol, examination.cases.size(),
                            examination.data.catalogue_size()));
  table_of(examined, cutoffs_).print(console);
  for (const std::string& sentence : sentences) console.print(sentence);
  return ExitCode::done;
}

}  // namespace infodiet::tools
