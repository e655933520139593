// Routes of feedback.
#include "recsys/store/feedback.hpp"

#include <fmt/format.h>

#include "tools/serve/errors.hpp"
#include "tools/serve/handlers.hpp"
#include "tools/serve/keeping.hpp"
#include "tools/serve/paging.hpp"
#include "tools/serve/service.hpp"
#include "tools/serve/shapes.hpp"

namespace infodiet::tools::serve {
namespace {

Reply store(Service& service, const Json& list, recsys::Earlier earlier) {
  std::int64_t stored = 0;
  service.writer.write([&](recsys::Database& db) {
    stored = 0;  // may be retried
    for (const Json& one : list) {
      const recsys::Feedback feedback = feedback_of(one);
      if (!recsys::put_feedback(db, feedback, earlier)) continue;
      ++stored;
      if (service.keeps_lists) note_taken(db, feedback);
    }
  });
  service.metrics.feedback_stored(static_cast<std::size_t>(stored));
  return rows_affected(stored);
}

Json json_of(const std::vector<recsys::Feedback>& all) {
  Json list = Json::array();
  for (const recsys::Feedback& one : all) list.push_back(to_json(one));
  return list;
}

recsys::FeedbackPage feedback_page(Service& service, const recsys::FeedbackFilter& filter,
                                   const recsys::FeedbackCursor& after, std::int64_t count) {
  return service.readers.compute(
      [&](Reader& reader) { return recsys::list_feedback(reader.db, filter, after, count); });
}

// All rows on one page: a history always fits.
Reply whole_list(Service& service, const recsys::FeedbackFilter& filter) {
  constexpr std::int64_t most = 1'000'000;
  return json_reply(json_of(feedback_page(service, filter, {}, most).feedback));
}

// If the model allows repeats, a repeat is another interaction.
recsys::Earlier unless_repeats(const Service& service, recsys::Earlier earlier) {
  return service.views.current()->view.repeats() == recsys::Repeats::allow ? recsys::Earlier::repeat : earlier;
}

recsys::Feedback named(const Call& call) {
  return {.event = call.part("type"), .user = call.part("user"), .item = call.part("item")};
}

}  // namespace

Reply insert_feedback(Service& service, const Call& call) {
  return store(service, call.body, unless_repeats(service, recsys::Earlier::keep));
}

Reply overwrite_feedback(Service& service, const Call& call) {
  return store(service, call.body, unless_repeats(service, recsys::Earlier::overwrite));
}

Reply get_feedback(Service& service, const Call& call) {
  const auto page =
      feedback_page(service, {.event = call.optional_part("type")}, feedback_cursor(call), call.integer("n"));
  // Some clients read the first name, others the second.
  const Json list = json_of(page.feedback);
  return json_reply({{"Cursor", format_cursor(page.next)}, {"Feedback", list}, {"Feedbacks", list}});
}

Reply get_one_feedback(Service& service, const Call& call) {
  const recsys::Feedback asked = named(call);
  const auto page = feedback_page(service, {.event = asked.event, .user = asked.user, .item = asked.item}, {}, 1);
  if (page.feedback.empty()) {
    throw RequestError(404, fmt::format("there is no '{}' of '{}' by '{}'", asked.event, asked.item, asked.user));
  }
  return json_reply(to_json(page.feedback.front()));
}

Reply remove_feedback(Service& service, const Call& call) {
  std::int64_t removed = 0;
  service.writer.write([&](recsys::Database& db) { removed = recsys::delete_feedback(db, named(call)); });
  return rows_affected(removed);
}

Reply get_feedback_of_user(Service& service, const Call& call) {
  return whole_list(service, {.event = call.optional_part("type"), .user = call.part("user")});
}

Reply get_feedback_of_item(Service& service, const Call& call) {
  return whole_list(service, {.event = call.optional_part("type"), .item = call.part("item")});
}

}  // namespace infodiet::tools::serve
