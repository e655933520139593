#include "recsys/store/database.hpp"

#include "recsys/attention/model_file.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/model_store.hpp"
#include "tests/fuzz/file_of.hpp"
#include "tests/fuzz/targets.hpp"

namespace infodiet::test {

void fuzz_database(std::string_view bytes) {
  const std::string path = file_of(bytes, "fuzzed.db");
  recsys::check_database(path);
  const recsys::Database db(path, recsys::OpenMode::read_only);
  const recsys::Dataset data = recsys::load_dataset(db);
  recsys::list_items(db);
  recsys::list_models(db);
  if (recsys::published_attention(db)) recsys::load_attention_model(db, data);
}

}  // namespace infodiet::test
