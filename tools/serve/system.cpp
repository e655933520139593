// Routes about the service itself.
#include "engine/io/json_text.hpp"
#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/openapi.hpp"
#include "tools/serve/service.hpp"

namespace infodiet::tools::serve {

Reply live(Service&, const Call&) {
  return json_reply({{"Live", true}});
}

Reply ready(Service& service, const Call&) {
  if (service.draining) throw RequestError(503, "the service is stopping: ask another one", 5);
  return json_reply({{"Ready", true}});
}

Reply metrics(Service& service, const Call&) {
  if (service.keeps_lists) {
    service.metrics.served(service.readers.compute([](Reader& reader) { return recsys::served_arms(reader.db); }));
  }
  return {.body = service.metrics.text(*service.views.current(), service.lists.bytes()),
          .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

Reply description(Service&, const Call&) {
  static const std::string text = engine::json_text(openapi(), 1);
  return {.body = text};
}

}  // namespace infodiet::tools::serve
