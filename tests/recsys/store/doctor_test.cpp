#include "recsys/store/doctor.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "engine/random.hpp"
#include "recsys/errors.hpp"
#include "recsys/store/catalogue_writer.hpp"
#include "recsys/store/model_store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Doctor : public testing::Test {
 protected:
  Doctor() {
    Database db(path_, OpenMode::create);
    CatalogueWriter writer(db);
    for (int i = 0; i < 2000; ++i) {
      writer.add({.user_id = writer.user("user " + std::to_string(i % 50)), .item_id = writer.item(std::to_string(i))});
    }
    writer.commit();
    const std::vector<float> values(400'000, 0.5F);
    const std::vector<TensorToStore> tensors{tensor_to_store<float>("table", {values.size()}, values),
                                             tensor_to_store<float>("bias", {4}, std::span(values).first(4))};
    publish_model(db, {.name = "m"}, tensors);
  }

  void damage(const std::string& sql) {
    const Database db(path_, OpenMode::read_write);
    db.execute(sql);
  }
  std::string bytes() const {
    std::stringstream content;
    content << std::ifstream(path_, std::ios::binary).rdbuf();
    return content.str();
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("a.db");
};

TEST_F(Doctor, FindsNothingWrongWithASoundFileAndLeavesItAlone) {
  const std::string before = bytes();
  EXPECT_THAT(check_database(path_), IsEmpty());
  EXPECT_EQ(bytes(), before);
}

TEST_F(Doctor, FindsAFlippedByteInATensor) {
  std::string content = bytes();
  const std::string some_values(64, '\0');
  // 0.5F is 00 00 00 3f: a run of them occurs somewhere inside the table.
  const std::string run("\0\0\0\x3f\0\0\0\x3f\0\0\0\x3f\0\0\0\x3f", 16);
  const std::size_t position = content.find(run, content.size() / 2);
  ASSERT_NE(position, std::string::npos);
  content[position + 1] = '\x01';
  folder_.write("a.db", content);
  EXPECT_THAT(check_database(path_),
              ElementsAre(HasSubstr("the table model_tensors"), HasSubstr("tensor \"table\" of model \"m\"")));
  const Database db(path_, OpenMode::read_only);
  const ModelReader reader(db, "m");
  EXPECT_THROW(reader.read<float>("table"), DamagedError);
  EXPECT_EQ(reader.read<float>("bias"), std::vector<float>(4, 0.5F));
}

TEST_F(Doctor, FindsRowsThatPointNowhere) {
  damage("PRAGMA foreign_keys = OFF; DELETE FROM items WHERE key = '7'; DELETE FROM users WHERE key = 'user 3'");
  EXPECT_THAT(check_database(path_),
              testing::UnorderedElementsAre(HasSubstr("1 rows of interactions name rows of items that do not exist"),
                                            HasSubstr("40 rows of interactions name rows of users that do not exist"),
                                            HasSubstr("the table items"), HasSubstr("the table users")));
}

TEST_F(Doctor, FindsASchemaThatIsNotOurs) {
  damage(
      "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users; END; DROP TABLE steps;"
      "DROP INDEX models_training; CREATE INDEX models_training ON models (name)");
  const std::vector<std::string> problems = check_database(path_);
  EXPECT_THAT(problems, Contains(HasSubstr("the trigger t does not belong in it")));
  EXPECT_THAT(problems, Contains(HasSubstr("the table steps is missing")));
  EXPECT_THAT(problems, Contains(HasSubstr("the index models_training is not as this program made it")));
}

TEST_F(Doctor, ReportsFilesThatCannotBeOpened) {
  EXPECT_THAT(check_database(folder_.file("absent.db")), ElementsAre(HasSubstr("no such database")));
  EXPECT_THAT(check_database(folder_.write("text", std::string(9000, 'x'))),
              ElementsAre(HasSubstr("not an infodiet database")));
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  EXPECT_THAT(check_database(path_), ElementsAre(HasSubstr("damaged")));
}

TEST_F(Doctor, NeverThrowsWhateverByteIsWrong) {
  const std::string sound = bytes();
  int found = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    engine::RandomStream stream(seed, engine::Purpose::test);
    std::string content = sound;
    // Half of them where the schema and the upper pages of the tables are.
    const std::size_t range = stream.below(2) == 0 ? 65536 : content.size();
    for (int i = 0; i < 8; ++i) content[stream.below(range)] = static_cast<char>(stream.below(256));
    folder_.write("a.db", content);
    found += check_database(path_).empty() ? 0 : 1;
  }
  EXPECT_GT(found, 25);
}

}  // namespace
}  // namespace infodiet::recsys
