#include "rl/catalogue.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "recsys/errors.hpp"
#include "tests/rl/catalogue_world.hpp"

namespace infodiet::rl {
namespace {

TEST(Catalogue, KeepsWhatIsKnownAndNothingElse) {
  const Catalogue catalogue = test::world_catalogue();
  EXPECT_EQ(catalogue.size(), test::world_items);
  EXPECT_EQ(catalogue[10].quality, std::nullopt);
  EXPECT_EQ(catalogue[14].minutes, std::nullopt);
  EXPECT_EQ(catalogue[15].topics.size(), 2U);
  EXPECT_EQ(catalogue[15].topics[0], 0U) << "ascending";
  EXPECT_EQ(catalogue[119].item, 119U);
}

TEST(Catalogue, NamesItemAndAttributeOfWhatIsWrong) {
  struct Case {
    std::string message;
    std::function<void(ItemAttributes&)> spoil;
  };
  const std::vector<Case> cases{
      {"item number 1: quality is 1.5: expected a number from -1 to 1", [](auto& item) { item.quality = 1.5; }},
      {"clickbait", [](auto& item) { item.clickbait = -0.1; }},
      {"minutes", [](auto& item) { item.minutes = 0; }},
      {"popularity", [](auto& item) { item.popularity = NAN; }},
      {"topic 4: expected distinct topics below 4", [](auto& item) { item.topics = {4}; }},
      {"topic 2: expected distinct topics",
       [](auto& item) {
         item.topics = {2, 2};
       }},
  };
  for (const Case& wrong : cases) {
    std::vector<ItemAttributes> items(2);
    wrong.spoil(items[1]);
    try {
      const Catalogue catalogue(items, 4);
      ADD_FAILURE() << wrong.message;
    } catch (const recsys::DataError& error) {
      EXPECT_NE(std::string(error.what()).find(wrong.message), std::string::npos) << error.what();
    }
  }
}

TEST(QualityFromRatings, IsTheSmoothedMeanOnTheScale) {
  const RatingScale stars{.low = 1, .high = 5, .mean = 3, .prior_ratings = 10};
  EXPECT_EQ(quality_from_ratings(0, 0, stars), std::nullopt);
  EXPECT_DOUBLE_EQ(*quality_from_ratings(5, 1, stars), 2 * (35.0 / 11 - 1) / 4 - 1);
  EXPECT_NEAR(*quality_from_ratings(5e6, 1000000, stars), 1, 1e-4);
  EXPECT_THROW(quality_from_ratings(90, 10, stars), recsys::DataError);
  EXPECT_THROW(quality_from_ratings(3, 1, {.low = 5, .high = 5, .mean = 5}), recsys::DataError);
}

}  // namespace
}  // namespace infodiet::rl
