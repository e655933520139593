// Queries of a file besides histories: unknown ids and events, the last interaction a model was trained on, and what
// its lists depend on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recsys/errors.hpp"
#include "recsys/import/import.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/data_extent.hpp"
#include "recsys/store/load_dataset.hpp"
#include "recsys/store/lookup.hpp"
#include "recsys/store/model_repeats.hpp"
#include "recsys/store/ratings.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using testing::HasSubstr;

template <class Refused, class Ask>
std::string refusal(Ask&& ask) {
  try {
    ask();
  } catch (const Refused& error) {
    return error.what();
  }
  return "not refused";
}

class StoredData : public testing::Test {
 protected:
  void import(std::string_view name, std::string_view rows) {
    import_paths(db_, {.paths = {folder_.write(name, std::string("user,item,time,rating,event\n").append(rows))}});
  }

  test::TemporaryFolder folder_;
  Database db_ = Database::in_memory();
};

TEST_F(StoredData, NamesAUserThatIsNearOrAnyAtAll) {
  import("a.csv", "annabel,x,100,4,view\nbert,y,200,2,buy\n");
  EXPECT_EQ(require_user(db_, "bert", "--user"), find_user(db_, "bert"));
  EXPECT_THAT(refusal<DataError>([&] { require_user(db_, "anabel", "--user"); }),
              testing::AllOf(HasSubstr("--user: there is no user 'anabel'"), HasSubstr("did you mean 'annabel'")));
  EXPECT_THAT(refusal<DataError>([&] { require_user(db_, "17", "--user"); }), HasSubstr("such as 'annabel'"));
}

TEST_F(StoredData, NamesTheEventsThereAre) {
  EXPECT_THAT(refusal<DataError>([&] { require_event(db_, "view"); }), HasSubstr("import with a column of events"));
  import("a.csv", "ann,x,100,4,view\nann,y,200,2,view\nbert,y,200,2,buy\n");
  require_event(db_, "buy");
  EXPECT_EQ(count_events(db_), (std::vector<std::pair<std::string, std::int64_t>>{{"view", 2}, {"buy", 1}}));
  EXPECT_THAT(refusal<DataError>([&] { require_event(db_, "veiw"); }), HasSubstr("there are view, buy"));
  EXPECT_EQ(load_dataset_marking(db_, "buy").are_of_event, (std::vector<std::uint8_t>{0, 0, 1}));
}

TEST_F(StoredData, TellsWhatCameInSinceFromWhatWasThere) {
  EXPECT_EQ(data_extent(db_), (DataExtent{.last_import = 0, .latest = std::nullopt}));
  import("a.csv", "ann,x,100,4,view\nann,y,200,2,view\n");
  const DataExtent extent = data_extent(db_);
  EXPECT_EQ(extent.latest, 200);
  import("b.csv", "ann,z,150,5,view\nbert,x,300,1,buy\n");
  EXPECT_EQ(load_dataset_up_to(db_, extent).items.size(), 2U);
  EXPECT_EQ(load_dataset_since(db_, extent).items.size(), 2U);
  EXPECT_EQ(load_dataset_since(db_, extent, "buy").are_of_event, (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(load_dataset_up_to(db_, data_extent(db_)).items.size(), 4U);
}

TEST_F(StoredData, CountsWhatIsRatedLowByEachPersonsOwnMeasure) {
  import("a.csv", "ann,x,100,4,view\nann,y,200,2,view\nann,z,300,3,view\nbert,x,300,1,view\n");
  const RatedCounts own = count_rated(db_);
  EXPECT_EQ(own.rated, 4);
  EXPECT_EQ(own.low, 1);
  EXPECT_EQ(count_rated(db_, parse_liking("3.5").value()).low, 3);
}

TEST(StoredModel, SaysHowFarItsDataWent) {
  EXPECT_EQ(stored_extent({.metrics = "{}"}), std::nullopt);
  EXPECT_EQ(stored_extent({.metrics = "no JSON"}), std::nullopt);
  EXPECT_EQ(stored_extent({.metrics = R"({"data":{"last_import":3}})"}), (DataExtent{.last_import = 3}));
  EXPECT_EQ(stored_extent({.metrics = R"({"data":{"last_import":3,"latest":7}})"}),
            (DataExtent{.last_import = 3, .latest = 7}));
  EXPECT_THAT(refusal<DamagedError>([] { stored_extent({.metrics = R"({"data":{"last_import":"3"}})"}); }),
              HasSubstr("train again"));
}

TEST(StoredModel, SaysWhatItsListsGoBy) {
  EXPECT_EQ(stored_repeats({.configuration = "{}"}), Repeats::forbid);
  EXPECT_EQ(stored_repeats({.configuration = R"({"repeats":"allow"})"}), Repeats::allow);
  EXPECT_EQ(stored_liking({.configuration = "{}"}), std::nullopt);
  EXPECT_EQ(stored_liking({.configuration = R"({"liked":"3.5"})"})->rating, 3.5);
  for (const char* configuration : {R"({"repeats":"often","liked":"much"})", R"({"repeats":1,"liked":2})"}) {
    const ModelRecord model{.configuration = configuration};
    EXPECT_THAT(refusal<DamagedError>([&] { stored_repeats(model); }), HasSubstr("not forbid or allow"));
    EXPECT_THAT(refusal<DamagedError>([&] { stored_liking(model); }), HasSubstr("not middle, any or a rating"));
  }
  Database db = Database::in_memory();
  EXPECT_EQ(published_repeats(db), std::nullopt);
  EXPECT_EQ(published_liking(db), std::nullopt);
  EXPECT_THROW(published_repeats(db, 17), DataError);
}

}  // namespace
}  // namespace infodiet::recsys
