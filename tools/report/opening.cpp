#include <fmt/format.h>

#include <algorithm>

#include "rl/answers/recommend.hpp"
#include "tools/report/sections.hpp"

namespace infodiet::tools::report {

namespace {

constexpr std::size_t reasons_shown = 2;

/// The conclusion of the report, and the median of all grades (of two, the worse).
void judge(Section& section, const Person& person) {
  std::vector<const rl::LabelLine*> graded;
  for (const rl::LabelLine& line : person.label.lines) {
    if (line.grade) graded.push_back(&line);
  }
  const std::string diet = capitalised(fmt::format("{}'s diet", name_of(person.profile)));
  if (graded.empty()) {
    section.lead = diet + "  has no grade yet: there are too few people, or no topics, to compare with.";
    return;
  }
  const auto better = [](const rl::LabelLine* a, const rl::LabelLine* b) { return a->better_than > b->better_than; };
  std::stable_sort(graded.begin(), graded.end(), better);
  const rl::LabelLine& best = *graded.front();
  const rl::LabelLine& worst = *graded.back();
  section.grade = *graded[graded.size() / 2]->grade;
  section.lead = fmt::format("{} is strongest in {} ({}) and weakest in {} ({}).", diet, best.metric->title,
                             *best.grade, worst.metric->title, *worst.grade);
  section.grade_meaning =
      fmt::format("The median of {} grades; A is the best fifth of people, E the last.", graded.size());
}

std::string reason_for(const rl::Pick& pick, const recsys::ItemTable& items, bool popular) {
  std::string text;
  for (std::size_t i = 0; i < std::min(pick.because.size(), reasons_shown); ++i) {
    text += fmt::format("{}“{}”", i == 0 ? "because of " : " and ", items[pick.because[i].item].label());
  }
  if (!text.empty()) return text;
  return popular ? "many people consume it" : "no single item of the history carries it";
}

}  // namespace

Section opening_section(const Source& source) {
  Section section{.id = "opening", .title = "In short", .lead = {}};
  if (!source.person) {
    section.missing = {{"Nobody has consumed anything yet.", "infodiet import FILE"}};
    return section;
  }
  judge(section, *source.person);
  const rl::Recommendation list = rl::recommend(source.view, source.pool, source.person->profile, {});
  for (const rl::Pick& pick : list.picks) {
    section.picks.push_back({.title = std::string(source.view.items()[pick.scored.item].label()),
                             .reason = reason_for(pick, source.view.items(), list.model == "popularity")});
  }
  section.picks_title = fmt::format("What {} should see next", name_of(source.person->profile));
  if (!list.nothing.empty()) section.remarks.push_back(capitalised(list.nothing) + ".");
  if (!list.fallback.empty()) section.remarks.push_back(capitalised(list.fallback) + ".");
  return section;
}

}  // namespace infodiet::tools::report
