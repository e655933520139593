#include "rl/answers/alike.hpp"

#include <algorithm>
#include <cmath>

namespace infodiet::rl {

std::vector<AlikePerson> alike_people(const View& view, const Profile& profile, std::size_t count) {
  const recsys::Dataset& data = view.histories();
  std::vector<bool> taken(view.items().size());
  std::size_t own = 0;
  for (const recsys::ItemIndex item : profile.items) {
    own += taken[item] ? 0 : 1;
    taken[item] = true;
  }
  std::vector<AlikePerson> people;
  std::vector<std::size_t> last_seen(view.items().size());  // the last user, from 1, whose history had the item
  for (std::size_t user = 0; user < data.users(); ++user) {
    std::size_t shared = 0;
    std::size_t theirs = 0;
    for (const recsys::ItemIndex item : data.history(user).items) {
      if (last_seen[item] == user + 1) continue;
      last_seen[item] = user + 1;
      ++theirs;
      shared += taken[item] ? 1 : 0;
    }
    if (shared == 0 || view.users()[user] == profile.key) continue;
    people.push_back({user, static_cast<double>(shared) / std::sqrt(static_cast<double>(own * theirs))});
  }
  std::stable_sort(people.begin(), people.end(),
                   [](const AlikePerson& a, const AlikePerson& b) { return a.similarity > b.similarity; });
  people.resize(std::min(people.size(), count));
  return people;
}

}  // namespace infodiet::rl
