#include "tools/serve/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <ctime>

namespace infodiet::tools::serve {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      BuildCounter().Name("infodiet_requests_total").Help("Requests answered, by route and status").Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds = BuildHistogram()
                                                           .Name("infodiet_request_seconds")
                                                           .Help("Time from a request's headers to its answer")
                                                           .Register(registry);
  prometheus::Counter& feedback = BuildCounter()
                                      .Name("infodiet_feedback_stored_total")
                                      .Help("Interactions that were stored")
                                      .Register(registry)
                                      .Add({});
  prometheus::Family<prometheus::Counter>& lists = BuildCounter()
                                                       .Name("infodiet_lists_total")
                                                       .Help("Lists requested for people, by whether they were cached")
                                                       .Register(registry);
  prometheus::Counter& cached = lists.Add({{"cached", "yes"}});
  prometheus::Counter& made = lists.Add({{"cached", "no"}});
  prometheus::Gauge& cache_bytes =
      BuildGauge().Name("infodiet_list_cache_bytes").Help("Memory of cached lists").Register(registry).Add({});
  prometheus::Gauge& state_bytes = BuildGauge()
                                       .Name("infodiet_state_cache_bytes")
                                       .Help("Memory of the model's cached keys and values")
                                       .Register(registry)
                                       .Add({});
  prometheus::Family<prometheus::Gauge>& tokens =
      BuildGauge()
          .Name("infodiet_state_tokens")
          .Help(
              "Interactions of the histories that lists of the view in use were made from, by whether the model had "
              "read them before")
          .Register(registry);
  prometheus::Gauge& kept_tokens = tokens.Add({{"kept", "yes"}});
  prometheus::Gauge& new_tokens = tokens.Add({{"kept", "no"}});
  prometheus::Counter& lists_not_kept = BuildCounter()
                                            .Name("infodiet_lists_not_kept_total")
                                            .Help("Lists not recorded because the disk was too busy")
                                            .Register(registry)
                                            .Add({});
  prometheus::Family<prometheus::Gauge>& kept_lists =
      BuildGauge().Name("infodiet_kept_lists").Help("Recorded lists, by arm").Register(registry);
  prometheus::Family<prometheus::Gauge>& taken_share =
      BuildGauge()
          .Name("infodiet_taken_share")
          .Help("Share of recorded lists of which something was taken, and its 95 % interval over people")
          .Register(registry);
  prometheus::Counter& failed_views = BuildCounter()
                                          .Name("infodiet_views_failed_total")
                                          .Help("Views that could not be loaded; the log says why")
                                          .Register(registry)
                                          .Add({});
  prometheus::Gauge& views =
      BuildGauge().Name("infodiet_views").Help("Views loaded since the start").Register(registry).Add({});
  prometheus::Gauge& items =
      BuildGauge().Name("infodiet_items").Help("Items of the view in use").Register(registry).Add({});
  prometheus::Gauge& model =
      BuildGauge().Name("infodiet_model").Help("Number of the model in use, 0 for none").Register(registry).Add({});
  prometheus::Gauge& model_age = BuildGauge()
                                     .Name("infodiet_model_age_seconds")
                                     .Help("Time since the model in use was published")
                                     .Register(registry)
                                     .Add({});
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::request(const std::string& route, int status, double seconds) {
  static const prometheus::Histogram::BucketBoundaries bounds{.0005, .001, .0025, .005, .01, .025,
                                                              .05,   .1,   .25,   .5,   1,   5};
  state_->requests.Add({{"route", route}, {"status", std::to_string(status)}}).Increment();
  state_->seconds.Add({{"route", route}}, bounds).Observe(seconds);
}

void Metrics::feedback_stored(std::size_t count) {
  state_->feedback.Increment(static_cast<double>(count));
}

void Metrics::list_asked(bool was_there) {
  (was_there ? state_->cached : state_->made).Increment();
}

void Metrics::view_failed() {
  state_->failed_views.Increment();
}

void Metrics::list_not_kept() {
  state_->lists_not_kept.Increment();
}

void Metrics::served(const std::vector<recsys::ServedArm>& arms) {
  for (const recsys::ServedArm& arm : arms) {
    state_->kept_lists.Add({{"arm", arm.name}}).Set(static_cast<double>(arm.lists));
    state_->taken_share.Add({{"arm", arm.name}, {"bound", "mean"}}).Set(arm.share);
    state_->taken_share.Add({{"arm", arm.name}, {"bound", "low"}}).Set(arm.low);
    state_->taken_share.Add({{"arm", arm.name}, {"bound", "high"}}).Set(arm.high);
  }
}

std::string Metrics::text(const LoadedView& view, std::size_t cache_bytes) {
  state_->cache_bytes.Set(static_cast<double>(cache_bytes));
  recsys::ReadStates::Counts read;
  if (const auto* model = view.view.model(); model && model->attention().states()) {
    read = model->attention().states()->counts();
  }
  state_->state_bytes.Set(static_cast<double>(read.bytes));
  state_->kept_tokens.Set(static_cast<double>(read.tokens_kept));
  state_->new_tokens.Set(static_cast<double>(read.tokens_asked - read.tokens_kept));
  state_->views.Set(static_cast<double>(view.number));
  state_->items.Set(static_cast<double>(view.view.items().size()));
  state_->model.Set(view.model ? static_cast<double>(view.model->id) : 0);
  state_->model_age.Set(view.model ? static_cast<double>(std::time(nullptr) - view.model->created) : 0);
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace infodiet::tools::serve
