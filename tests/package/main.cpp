// Recommends from a database that `infodiet train` has made: picks DATABASE USER
#include <iostream>

#include "recsys/attention/model_file.hpp"
#include "recsys/ranking/top_k.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/load_dataset.hpp"

int main(int argc, char** argv) try {
  using namespace infodiet::recsys;
  if (argc != 3) return 2;
  const Database db(argv[1], OpenMode::read_only);
  const std::optional<std::int64_t> user = find_user(db, argv[2]);
  if (!user) return 3;
  const Dataset data = load_user(db, *user);
  const History history = data.history(0);
  const std::unique_ptr<BlendedModel> model = load_attention_model(db, data);
  std::vector<float> scores(model->catalogue_size());
  model->score({&history, 1}, {scores.data(), 1, scores.size()});
  const std::vector<Item> items = list_items(db);
  for (const ScoredItem& pick : top_k(scores, history.items, 5)) std::cout << items[pick.item].key << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
