// A few rows in each layout that GroupLens publishes, and whole data sets where they are present.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/recsys/import/import_fixture.hpp"

namespace infodiet::recsys {
namespace {

using testing::ElementsAre;

class ImportMovieLens : public ImportTest {
 protected:
  ImportReport import_folder(std::string_view name, ImportFormat format = ImportFormat::automatic) {
    return import_paths(db_, {.paths = {folder_.file(name)}, .format = format});
  }
};

TEST_F(ImportMovieLens, Ml100k) {
  folder_.write("ml-100k/u.data",
                "196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t377\t1\t878887116\n22\t1\t2\t878887116\n");
  folder_.write("ml-100k/u.item",
                "1|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/M/title-exact?Toy%20Story%20(1995)"
                "|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
                "242|Kolya (1996)|24-Jan-1997||http://us.imdb.com/M/title-exact?Kolya%20(1996)"
                "|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
                "543|Mis\xe9rables, Les (1995)|01-Jan-1995||http://us.imdb.com/M/title-exact?Mis%E9rables%2C+Les+(1995)"
                "|0|0|0|0|0|0|0|0|1|0|0|0|1|0|0|0|0|0|0\n"
                "267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n");
  folder_.write("ml-100k/u.user", "1|24|M|technician|85711\n");
  folder_.write("ml-100k/u1.base", "1\t1\t5\t874965758\n");
  const ImportReport report = import_folder("ml-100k");
  EXPECT_EQ(report.accepted, 4);
  EXPECT_EQ(report.accepted_attributes, 4);
  EXPECT_EQ(report.users, 3);
  EXPECT_EQ(report.items, 6);
  EXPECT_THAT(history("196"), ElementsAre("377", "242"));
  EXPECT_EQ(item("543").title, "Misérables, Les (1995)");
  EXPECT_THAT(item("543").topics, ElementsAre("Drama", "Musical"));
  EXPECT_THAT(item("1").topics, ElementsAre("Animation", "Children's", "Comedy"));
  EXPECT_TRUE(item("267").topics.empty());
}

TEST_F(ImportMovieLens, Ml1m) {
  folder_.write("ml-1m/ratings.dat", "1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978298413\n");
  folder_.write("ml-1m/movies.dat",
                "1193::One Flew Over the Cuckoo's Nest (1975)::Drama\n"
                "661::James and the Giant Peach (1996)::Animation|Children's|Musical\n"
                "73::Mis\xe9rables, Les (1995)::Drama|Musical\n");
  folder_.write("ml-1m/users.dat", "1::F::1::10::48067\n");
  const ImportReport report = import_folder("ml-1m", ImportFormat::movielens);
  EXPECT_EQ(report.accepted, 3);
  EXPECT_EQ(report.users, 2);
  EXPECT_EQ(report.rejected_attributes, 0);
  EXPECT_THAT(history("1"), ElementsAre("1193", "661"));
  EXPECT_EQ(item("73").title, "Misérables, Les (1995)");
  EXPECT_THAT(item("661").topics, ElementsAre("Animation", "Children's", "Musical"));
  EXPECT_EQ(load_dataset(db_).times.front(), 978300760);
}

TEST_F(ImportMovieLens, MlLatest) {
  folder_.write("ml-latest/ratings.csv", "userId,movieId,rating,timestamp\n1,11,4.0,964982703\n1,3,4.5,964981247\n");
  folder_.write("ml-latest/movies.csv",
                "movieId,title,genres\r\n3,Grumpier Old Men (1995),Comedy|Romance\r\n"
                "11,\"American President, The (1995)\",Comedy|Drama|Romance\r\n"
                "114,\"\"\"Great Performances\"\" Cats (1998)\",(no genres listed)\r\n");
  folder_.write("ml-latest/tags.csv", "userId,movieId,tag,timestamp\n1,3,funny,1445714994\n");
  folder_.write("ml-latest/links.csv", "movieId,imdbId,tmdbId\n3,0113228,15602\n");
  const ImportReport report = import_folder("ml-latest");
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.items, 3);
  EXPECT_THAT(history("1"), ElementsAre("3", "11"));
  EXPECT_EQ(item("11").title, "American President, The (1995)");
  EXPECT_EQ(item("114").title, "\"Great Performances\" Cats (1998)");
  EXPECT_TRUE(item("114").topics.empty());
}

TEST_F(ImportMovieLens, BadRowsAmongTheFirstDoNotHideTheFormat) {
  std::string ratings = "196\t1\t5\n196\tx\tmany\t874965758\n";
  for (int i = 0; i < 30; ++i) ratings += "196\t" + std::to_string(i) + "\t3\t" + std::to_string(874965758 + i) + "\n";
  const ImportReport report = import_text("u.data", ratings);
  EXPECT_EQ(report.accepted, 30);
  EXPECT_EQ(report.rejected, 2);
}

class ImportDataSet : public ImportMovieLens {
 protected:
  // The path of a file among the data sets; skips the test if it is not there.
  std::string data(const std::string& name) {
    const auto path = std::filesystem::path(INFODIET_DATASETS) / name;
    return std::filesystem::exists(path) ? path.string() : "";
  }
};

TEST_F(ImportDataSet, MlLatestSmall) {
  const std::string folder = data("ml-latest-small");
  if (folder.empty()) GTEST_SKIP() << "no ml-latest-small in " << INFODIET_DATASETS;
  const ImportReport report = import_paths(db_, {.paths = {folder}});
  EXPECT_EQ(report.accepted, 100836);
  EXPECT_EQ(report.rejected, 0);
  EXPECT_EQ(report.duplicates, 0);
  EXPECT_EQ(report.users, 610);
  EXPECT_EQ(report.items, 9742);
  EXPECT_EQ(item("1").title, "Toy Story (1995)");
  const Dataset dataset = load_dataset(db_);
  ASSERT_EQ(dataset.times.size(), 100836U);
  for (std::size_t user = 0; user < dataset.users(); ++user) {
    const History history = dataset.history(user);
    EXPECT_TRUE(std::is_sorted(history.times.begin(), history.times.end()));
  }
  EXPECT_EQ(import_paths(db_, {.paths = {folder}}).outcome, ImportOutcome::unchanged);
  EXPECT_EQ(data_fingerprint(load_dataset(db_)), data_fingerprint(dataset));
}

TEST_F(ImportDataSet, Ml1m) {
  const std::string interactions = data("ml-1m/interactions.csv");
  if (interactions.empty()) GTEST_SKIP() << "no ml-1m in " << INFODIET_DATASETS;
  const ImportReport report = import_paths(db_, {.paths = {interactions, data("ml-1m/items.csv")}});
  EXPECT_EQ(report.accepted, 987531);
  EXPECT_EQ(report.rejected, 0);
  EXPECT_EQ(report.users, 6040);
  EXPECT_EQ(report.items, 3416);
  EXPECT_EQ(number("SELECT count(*) FROM items WHERE title IS NULL"), 0);
}

TEST_F(ImportDataSet, AmazonBeauty) {
  const std::string file = data("amazon-beauty/Beauty.txt");
  if (file.empty()) GTEST_SKIP() << "no amazon-beauty in " << INFODIET_DATASETS;
  const ImportReport report = import_paths(db_, {.paths = {file}});
  EXPECT_EQ(report.rejected, 0);
  EXPECT_EQ(report.users, 22363);
  EXPECT_EQ(report.items, 12101);
  EXPECT_EQ(history("2"), (Keys{"6", "7", "8", "9", "10", "4", "11"}));
}

}  // namespace
}  // namespace infodiet::recsys
