#include "recsys/import/vectors_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "engine/io/npy.hpp"
#include "recsys/store/doctor.hpp"
#include "recsys/store/item_vectors.hpp"
#include "tests/recsys/import/import_fixture.hpp"
#include "tests/support/read_file.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Numbers = std::vector<float>;
using Shape = std::vector<std::size_t>;

class ImportVectors : public ImportTest {
 protected:
  template <class T>
  std::string array(const Shape& shape, const std::vector<T>& values) const {
    const std::string path = folder_.file("vectors.npy");
    engine::write_npy<T>(path, shape, values);
    return path;
  }

  VectorImport import(const Shape& shape, const Numbers& values, const std::string& ids,
                      const VectorImportOptions& options = {}) {
    VectorImportOptions all = options;
    all.vectors = array(shape, values);
    all.ids = folder_.write("ids.txt", ids);
    return import_vectors(db_, all);
  }

  // Also expects that nothing was stored.
  void expect_refused(const std::function<void()>& work, const std::string& why) const {
    const std::int64_t before = number("SELECT count(*) + (SELECT count(*) FROM items) FROM item_vectors");
    try {
      work();
      ADD_FAILURE() << "not refused; expected: " << why;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(why));
    }
    EXPECT_EQ(number("SELECT count(*) + (SELECT count(*) FROM items) FROM item_vectors"), before) << why;
  }
  void expect_refused(const Shape& shape, const Numbers& values, const std::string& ids, const std::string& why) {
    expect_refused([&] { import(shape, values, ids); }, why);
  }

  Numbers stored(std::string_view key) const {
    Statement query =
        db_.prepare("SELECT vector FROM item_vectors WHERE item_id = (SELECT id FROM items WHERE key = ?)");
    query.bind(key);
    if (!query.step()) return {};
    Numbers numbers(query.blob(0).size() / sizeof(float));
    std::memcpy(numbers.data(), query.blob(0).data(), query.blob(0).size());
    return numbers;
  }
};

TEST_F(ImportVectors, KeepsARowForEachIdAndAddsItemsThatAreNotKnown) {
  import_text("log.csv", "user,item,time\nu,tea,1700000000\nu,cake,1700000060\n");
  const VectorImport made = import({2, 3}, {1, 2, 3, -4, 5, 6.5}, "cake\r\npie, with cream\r\n");
  EXPECT_TRUE(made.changed);
  EXPECT_EQ(made.vectors, 2U);
  EXPECT_EQ(made.dimensions, 3U);
  EXPECT_EQ(made.added, 2);
  EXPECT_EQ(made.items, 3);
  EXPECT_EQ(made.items_in_log, 2);
  EXPECT_EQ(made.covered, 1);
  EXPECT_EQ(made.elsewhere, 1);
  EXPECT_TRUE(made.warnings.empty());
  EXPECT_THAT(stored("cake"), ElementsAre(1, 2, 3));
  EXPECT_THAT(stored("pie, with cream"), ElementsAre(-4, 5, 6.5));
  EXPECT_THAT(stored("tea"), ElementsAre());
  EXPECT_EQ(check_database(folder_.file("test.db")), std::vector<std::string>());
}

TEST_F(ImportVectors, ReadsFloat64AndIdsInJson) {
  const std::string path = array<double>({2, 1}, {0.1, 1e30});
  EXPECT_EQ(import_vectors(db_, {.vectors = path, .ids = folder_.write("ids.json", "[\"a\\nb\", 17]\n")}).added, 2);
  EXPECT_THAT(stored("a\nb"), ElementsAre(0.1F));
  EXPECT_THAT(stored("17"), ElementsAre(1e30F));
}

TEST_F(ImportVectors, TheSameContentAgainChangesNothing) {
  EXPECT_TRUE(import({2, 1}, {1, 2}, "a\nb\n").changed);
  for (const bool again : {false, true}) {
    const VectorImport same = import({2, 1}, {1, 2}, "a\nb", {.again = again});
    EXPECT_FALSE(same.changed);
    EXPECT_EQ(same.added + same.kept + same.replaced, 0);
  }
  EXPECT_EQ(number("SELECT count(*) FROM imports"), 1);
}

TEST_F(ImportVectors, OtherContentAddsItemsOrReplacesAll) {
  import({2, 1}, {1, 2}, "a\nb\n");
  const VectorImport more = import({2, 1}, {3, 4}, "b\nc\n");
  EXPECT_EQ(more.added, 1);
  EXPECT_EQ(more.kept, 1);
  EXPECT_THAT(stored("b"), ElementsAre(2));
  expect_refused({1, 2}, {7, 8}, "b\n", "vectors of 2 numbers, but those stored have 1: import it with --again");
  const std::int64_t latest = number("SELECT max(id) FROM imports");
  const VectorImport other = import({1, 2}, {7, 8}, "b\n", {.again = true});
  EXPECT_EQ(other.replaced, 3);
  EXPECT_THAT(stored("a"), ElementsAre());
  EXPECT_THAT(stored("b"), ElementsAre(7, 8));
  EXPECT_GT(number("SELECT max(id) FROM imports"), latest) << "ids never come back";
  EXPECT_TRUE(import({2, 1}, {1, 2}, "a\nb\n", {.again = true}).changed) << "it was replaced";
  EXPECT_EQ(check_database(folder_.file("test.db")), std::vector<std::string>());
}

TEST_F(ImportVectors, ADryRunStoresNothing) {
  const VectorImport made = import({2, 1}, {1, 2}, "a\nb\n", {.dry_run = true});
  EXPECT_EQ(made.added, 2);
  EXPECT_EQ(made.items, 2);
  EXPECT_EQ(number("SELECT (SELECT count(*) FROM items) + (SELECT count(*) FROM imports)"), 0);
}

TEST_F(ImportVectors, WarnsIfTheIdsAreNotThoseOfTheLog) {
  import_text("log.csv", "user,item,time\nu,tea,1700000000\nu,cake,1700000060\n");
  const VectorImport made = import({1, 1}, {1}, "TEA\n");
  ASSERT_EQ(made.warnings.size(), 1U);
  EXPECT_THAT(made.warnings[0], HasSubstr("none of 2 items of the log have a vector"));
  EXPECT_THAT(made.warnings[0], HasSubstr("one with a vector is \"TEA\""));
}

TEST_F(ImportVectors, RefusesWhatIsNotARowForEachId) {
  expect_refused({2, 1}, {1, 2}, "a\n", "ids.txt: 1 ids, but ");
  expect_refused({2, 1}, {1, 2}, "a\nb\nc\n", "3 ids");
  expect_refused({2, 1}, {1, 2}, "a\na\n", "ids 1 and 2 are both \"a\"");
  expect_refused({3, 1}, {1, 2, 3}, "a\n\nb\n", "id 2: empty id");
  expect_refused({1, 1}, {1},
                 "\xff"
                 "A\n",
                 "id 1: id is not valid UTF-8");
  expect_refused({1, 1}, {1}, std::string(1025, 'x'), "longer than 1024 bytes");
  expect_refused({1, 1}, {1}, std::string(9000, 'x'), "too long for 1 ids");
  expect_refused({1, 1}, {1}, R"(["a", "b"])", "2 ids");
  expect_refused({2, 1}, {1, 2}, R"(["a", null])", "1 ids");
  expect_refused({2}, {1, 2}, "a\nb\n", "an array of 1 dimensions; expected two");
  expect_refused({1, 2, 1}, {1, 2}, "a\n", "an array of 3 dimensions");
  expect_refused({0, 2}, {}, "a\n", "without rows");
  expect_refused({2, 0}, {}, "a\nb\n", "vectors of 0 numbers; expected 1 to 4096");
  expect_refused({1, 4097}, Numbers(4097), "a\n", "vectors of 4097 numbers");
}

TEST_F(ImportVectors, RefusesNumbersThatAreNotFinite) {
  expect_refused({2, 2}, {1, 2, 3, std::nanf("")}, "a\nb\n", "row 2 (item \"b\"), column 2: nan");
  expect_refused({1, 1}, {-std::numeric_limits<float>::infinity()}, "a\n", "column 1: -inf");
  const std::string ids = folder_.write("ids.txt", "a\n");
  expect_refused([&] { import_vectors(db_, {.vectors = array<double>({1, 1}, {1e39}), .ids = ids}); }, "column 1: inf");
}

TEST_F(ImportVectors, RefusesFilesThatAreNoneOrCutShort) {
  const std::string ids = folder_.write("ids.txt", "a\nb\n");
  const std::string whole = test::read_file(array<float>({2, 1}, {1, 2}));
  const auto refuse = [&](const std::string& bytes, const std::string& why) {
    const std::string path = folder_.write("broken.npy", bytes);
    expect_refused([&] { import_vectors(db_, {.vectors = path, .ids = ids}); }, why);
  };
  refuse(whole.substr(0, whole.size() - 1), "holds 7 bytes of numbers, but shape (2, 1) needs 8");
  refuse(whole.substr(0, 20), "more than the file");
  refuse("item,x\na,1\nb,2\n", "does not begin like a .npy file");
  std::string integers = whole;
  integers.replace(integers.find("<f4"), 3, "<i4");
  refuse(integers, "holds '<i4' but '<f4' or '<f8' is needed");
  expect_refused([&] { import_vectors(db_, {.vectors = folder_.file("none.npy"), .ids = ids}); }, "none.npy");
  expect_refused([&] { import_text("vectors.npy", whole); }, "infodiet import --vectors");
}

TEST_F(ImportVectors, AreStandardisedForModels) {
  import_text("items.csv", "item_id,title\nfirst,Alpha\n");
  import({4, 3}, {1, 7, 10, 3, 7, 30, 1, 7, 30, 3, 7, 10}, "a\nb\nc\nd\n");
  const engine::Matrix<float> vectors = load_item_vectors(db_);
  ASSERT_EQ(vectors.shape(0), 5U);
  ASSERT_EQ(vectors.shape(1), 3U);
  const float half = std::sqrt(0.5F);
  const std::vector<Numbers> expected{
      {0, 0, 0}, {-half, 0, -half}, {half, 0, half}, {-half, 0, half}, {half, 0, -half}};
  for (std::size_t item = 0; item < 5; ++item) {
    for (std::size_t d = 0; d < 3; ++d) EXPECT_NEAR(vectors(item, d), expected[item][d], 1e-6) << item;
  }
}

TEST_F(ImportVectors, AreNoneWhereNoneWereImported) {
  import_text("log.csv", "user,item,time\nu,tea,1700000000\n");
  EXPECT_EQ(load_item_vectors(db_).size(), 0U);
}

TEST_F(ImportVectors, ThatWereDamagedAreFound) {
  import({2, 1}, {1, 2}, "a\nb\n");
  const auto change = [&](const char* sql) {
    Transaction transaction(db_);
    db_.execute(sql);
    transaction.commit();
  };
  change("UPDATE item_vectors SET vector = x'0000000000000000' WHERE item_id = 2");
  EXPECT_THROW(load_item_vectors(db_), DamagedError);
  change("UPDATE item_vectors SET vector = x'0000807f' WHERE item_id = 2");
  EXPECT_THROW(load_item_vectors(db_), DamagedError) << "infinite";
  change("UPDATE item_vectors SET vector = x'000000'");
  EXPECT_THROW(load_item_vectors(db_), DamagedError);
}

}  // namespace
}  // namespace infodiet::recsys
