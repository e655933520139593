#include "tools/serve/keeping.hpp"

#include <ctime>
#include <utility>
#include <vector>

#include "recsys/store/catalogue.hpp"
#include "recsys/store/slates.hpp"
#include "tools/serve/service.hpp"

namespace infodiet::tools::serve {

Arm arm_for(const Service& service, const LoadedView& view, const std::string& user) {
  const Arm& arm = service.arms.of(user);
  return arm.chooser == rl::Chooser::agent && !view.agent ? Arm() : arm;
}

void keep_list(Service& service, const LoadedView& view, const std::string& user, const Arm& arm,
               const rl::Recommendation& list) {
  if (!service.keeps_lists || list.picks.empty()) return;
  std::vector<double> shown;
  for (const rl::Pick& pick : list.picks) shown.push_back(static_cast<double>(view.view.items().id(pick.scored.item)));
  recsys::SlateLog log{.source = recsys::SlateSource::service,
                       .policy = list.fallback.empty() ? arm.name : list.model,
                       .version = view.model ? std::to_string(view.model->id) : std::string()};
  const bool kept = service.writer.post(
      [user, shown = std::move(shown), log = std::move(log), time = std::time(nullptr)](recsys::Database& db) {
        const std::optional<std::int64_t> id = recsys::find_user(db, user);
        if (!id) return;
        recsys::SlateWriter writer(db, log);
        writer.add({.session = writer.new_session(),
                    .person = *id,
                    .user = id,
                    .time = time,
                    .candidates = shown,
                    .slate = shown});
      });
  if (!kept) service.metrics.list_not_kept();
}

void note_taken(recsys::Database& db, const recsys::Feedback& feedback) {
  const std::optional<std::int64_t> user = recsys::find_user(db, feedback.user);
  const std::optional<std::int64_t> item = recsys::find_item(db, feedback.item);
  if (user && item) recsys::note_taken(db, *user, *item, 1);
}

}  // namespace infodiet::tools::serve
