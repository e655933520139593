// `infodiet serve`: the recommender for other applications, over HTTP.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/blas_setup.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/errors.hpp"
#include "tools/commands/commands.hpp"
#include "tools/serve/durations.hpp"
#include "tools/serve/route.hpp"
#include "tools/serve/serving.hpp"
#include "tools/terminal/text.hpp"

namespace infodiet::tools {

namespace {

class ServeCommand final : public Command {
 public:
  void setup(CommandSpec& spec) override;
  ExitCode run(const Context& context) override;

 private:
  std::string host_ = "127.0.0.1";
  int port_ = 8087;
  std::optional<std::string> api_keys_;
  bool allow_anonymous_ = false;
  bool log_ids_ = false;
  std::optional<std::string> retrain_every_;
  std::size_t cache_mb_ = 64;
  std::size_t state_mb_ = 64;
  bool keep_lists_ = false;
  std::optional<std::string> split_;
};

// The manual's section on routes, from the same table that checks requests.
HelpTopic help_on_routes() {
  std::string text = "Routes, with query parameters, and the key that each needs if keys are set:";
  for (const serve::Route& route : serve::routes()) {
    std::string parameters;
    for (const serve::Parameter& parameter : route.parameters) {
      parameters += fmt::format("{}{}", parameters.empty() ? "?" : "&", parameter.name);
    }
    text += fmt::format("\n  {} {}{}: {}", serve::name_of(route.method), route.path, parameters, route.summary);
    if (route.access != serve::Access::anyone) {
      text += route.access == serve::Access::write ? " (write)" : " (read)";
    }
  }
  return {"routes", std::move(text)};
}

}  // namespace

void ServeCommand::setup(CommandSpec& spec) {
  spec.description =
      "Answers over HTTP in the shape of gorse's API, so that its clients work unchanged: people, items, feedback, "
      "lists and neighbours, plus lists with reasons, explanations, diets and what-if lists. Feedback counts in the "
      "next list and is on disk when it is answered; a newly published model is used without a restart. It listens on "
      "this machine only unless keys are set. GET /openapi.json lists every path, GET /metrics is for Prometheus. On "
      "SIGTERM it answers requests in progress, then stops. The log, one line of JSON per request, goes to standard "
      "error.";
  spec.example = "infodiet serve --db world.db --port 8087";
  spec.topics = {help_on_routes()};
  spec.options.text({.name = "host", .value = "ADDRESS", .help = "the address to listen on"}, host_);
  spec.options.integer({.name = "port", .value = "N", .help = "the port; 0 for any that is free"}, port_,
                       {.minimum = 0, .maximum = 65535});
  spec.options.text({.name = "api-keys",
                     .value = "FILE",
                     .help = "require keys in X-API-Key: a file of lines 'read KEY' or 'write KEY'"},
                    api_keys_);
  spec.options.flag({.name = "allow-anonymous", .help = "listen beyond this machine without keys"}, allow_anonymous_);
  spec.options.text({.name = "retrain-every",
                     .value = "TIME",
                     .help = "retrain from the published model this often, such as 24h, at lower priority"},
                    retrain_every_);
  spec.options.integer({.name = "cache-mb", .value = "N", .help = "memory in MB for cached lists"}, cache_mb_,
                       {.minimum = 0, .maximum = 1'000'000});
  spec.options.integer(
      {.name = "state-mb",
       .value = "N",
       .help = "memory in MB for the model's cached keys and values, so that the next list costs only what was added"},
      state_mb_, {.minimum = 0, .maximum = 1'000'000});
  spec.options.flag(
      {.name = "keep-lists",
       .help = "store every list served and the model that chose it; info and /metrics show how much was taken"},
      keep_lists_);
  spec.options.text(
      {.name = "split",
       .value = "ARM=SHARE,...",
       .help = "which model chooses the lists for which share of people, such as attention=0.5,agent=0.5"},
      split_);
  spec.options.flag({.name = "log-ids", .help = "also log URLs, which contain ids of people"}, log_ids_);
}

ExitCode ServeCommand::run(const Context& context) {
  const bool loopback = serve::is_loopback(host_);
  if (!loopback && !api_keys_ && !allow_anonymous_) {
    throw UsageError(
        fmt::format("--host {}: others would reach this without a key: give --api-keys FILE, or --allow-anonymous if "
                    "everybody may read and write",
                    host_));
  }
  serve::ServingOptions options{.host = host_, .port = port_};
  options.service.database = context.shared.database;
  options.service.threads = context.shared.threads > 0 ? context.shared.threads : engine::ThreadPool(0).size();
  engine::reserve_blas_memory(options.service.threads);
  if (api_keys_) options.service.keys = serve::ApiKeys(*api_keys_);
  options.front.loopback_names_only = loopback && !api_keys_ && !allow_anonymous_;
  if (retrain_every_) {
    const std::optional<std::int64_t> seconds = serve::parse_duration(*retrain_every_);
    if (!seconds || *seconds < 1) {
      throw UsageError(fmt::format("--retrain-every {}: expected a time such as 24h or 90m", *retrain_every_));
    }
    options.retrain_every = std::chrono::seconds(*seconds);
  }
  options.service.cache_bytes = cache_mb_ << 20;
  options.service.state_bytes = state_mb_ << 20;
  options.service.keep_lists = keep_lists_;
  if (split_) options.service.arms = serve::Arms(*split_, "--split");
  options.front.log_ids = log_ids_;
  options.front.log = !context.console.quiet();
  serve::serve(options, [&](int port) {
    const std::string address =
        fmt::format("http://{}:{}", host_.find(':') == std::string::npos ? host_ : '[' + host_ + ']', port);
    if (context.console.json()) {
      context.console.print_json(Json{{"address", address}, {"database", context.shared.database}});
    } else {
      context.console.print(fmt::format("serving {} at {}", printable(context.shared.database), address));
    }
    flush_results();
  });
  return ExitCode::done;
}

std::unique_ptr<Command> make_serve() {
  return std::make_unique<ServeCommand>();
}

}  // namespace infodiet::tools
