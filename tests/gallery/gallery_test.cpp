// Every task of the gallery is learned from scratch with attention and not without, and gives the same bits for any
// number of threads.
#include "tools/gallery/gallery.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/errors.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tools/gallery/parts/examples.hpp"
#include "tools/gallery/parts/training.hpp"
#include "tools/gallery/parts/vocabulary.hpp"

namespace infodiet::gallery {
namespace {

struct Floor {
  const char* task;
  double accuracy;  // that attention must reach and the network without it must not
};

// GoogleTest looks for this name. NOLINTNEXTLINE(readability-identifier-naming)
void PrintTo(const Floor& floor, std::ostream* out) {
  *out << floor.accuracy;
}

class Gallery : public testing::TestWithParam<Floor> {};

TEST_P(Gallery, IsLearnedWithAttentionOnly) {
  const test::TemporaryFolder folder;
  const std::string picture = folder.file("picture.html");
  engine::ThreadPool pool(1);  // beside another of these tests
  const auto task = make_task(GetParam().task);
  const Card shares = run_task(*task, 1, pool, picture);
  RecordProperty("with_attention", std::to_string(shares.with_attention));
  RecordProperty("without_attention", std::to_string(shares.without_attention));
  EXPECT_GE(shares.with_attention, GetParam().accuracy);
  EXPECT_LT(shares.without_attention, GetParam().accuracy - 0.1) << "the task must need attention";
  std::ifstream file(picture);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(page.find(task->text("title")), std::string::npos);
  EXPECT_NE(page.find("<figure>"), std::string::npos);
  EXPECT_NE(page.find("<code>Answers run(Tape&amp; tape"), std::string::npos) << "its network is quoted";
  EXPECT_EQ(page.find("http"), std::string::npos) << "a page must need nothing from elsewhere";
}

// Those that train longest first, so that they do not end alone.
INSTANTIATE_TEST_SUITE_P(Tasks, Gallery,
                         testing::Values(Floor{"play", 0.75}, Floor{"generate", 0.9}, Floor{"control", 0.75},
                                         Floor{"detect", 0.85}, Floor{"story", 0.9}, Floor{"speech", 0.9},
                                         Floor{"graph", 0.9}, Floor{"caption", 0.9}, Floor{"dates", 0.9},
                                         Floor{"track", 0.9}, Floor{"focus", 0.9}, Floor{"roles", 0.9},
                                         Floor{"summary", 0.9}, Floor{"patches", 0.9}, Floor{"sentiment", 0.9}),
                         [](const auto& floor) { return std::string(floor.param.task); });

TEST(GalleryTraining, GivesTheSameBitsForAnyNumberOfThreads) {
  const auto task = make_task("sentiment");
  engine::ThreadPool one(1);
  engine::ThreadPool three(3);
  const auto alone = train(*task, Attending::learned, 5, one);
  const auto together = train(*task, Attending::learned, 5, three);
  EXPECT_TRUE(std::equal(alone.flat().begin(), alone.flat().end(), together.flat().begin()));
}

TEST(GalleryExamples, AreOfOnePartOnly) {
  std::size_t tests = 0;
  constexpr std::uint32_t all = 10000;
  for (std::uint32_t number = 0; number < all; ++number) {
    const std::uint32_t content[] = {1, number, 2};
    tests += is_test(content) ? 1 : 0;
  }
  EXPECT_NEAR(tests, 0.2 * all, 0.02 * all);
  engine::RandomStream stream(1, engine::Purpose::test);
  const auto draw = [](engine::RandomStream& s) { return Example{.content = {s.next_u32(), s.next_u32()}}; };
  for (const Example& example : several(20, Part::test, stream, draw)) EXPECT_TRUE(is_test(example.content));
  for (const Example& example : several(20, Part::train, stream, draw)) EXPECT_FALSE(is_test(example.content));
}

TEST(GalleryVocabulary, TurnsWordsIntoNumbersAndBack) {
  const Vocabulary words({{"b a"}, {"a c"}});
  EXPECT_EQ(words.size(), 3U);
  EXPECT_EQ(words.numbers(" c  b "), (std::vector<std::uint32_t>{2, 0}));
  EXPECT_EQ(words.words(std::vector<std::uint32_t>{1, 2}), (std::vector<std::string>{"a", "c"}));
  EXPECT_THROW(words.numbers("d"), Error);
}

TEST(GalleryTasks, AreKnownByName) {
  for (const std::string& name : task_names()) EXPECT_EQ(make_task(name)->name(), name);
  EXPECT_THROW(make_task("cooking"), Error);
}

}  // namespace
}  // namespace infodiet::gallery
