// Recommends from a database that `infodiet train` has made: picks DATABASE USER
#include <iostream>

#include "engine/blas_setup.hpp"
#include "rl/answers/recommend.hpp"

int main(int argc, char** argv) try {
  using namespace infodiet;
  if (argc != 3) return 2;
  engine::set_up_blas();
  const recsys::Database db(argv[1], recsys::OpenMode::read_only);
  const rl::View view(db);
  engine::ThreadPool pool(1);
  const rl::Profile profile = view.stored_profile(argv[2], "USER");
  for (const rl::Pick& pick : rl::recommend(view, pool, profile, {.k = 5, .reasons = false}).picks) {
    std::cout << view.items()[pick.scored.item].key << '\n';
  }
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
