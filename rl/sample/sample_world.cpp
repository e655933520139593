#include "rl/sample/sample_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "recsys/errors.hpp"
#include "rl/sample/sample_reader.hpp"

namespace infodiet::rl {
namespace {

constexpr std::uint32_t fewest_readings = 20;
constexpr std::uint32_t most_readings = 60;
constexpr std::uint32_t catalogue_share = 4;  // nobody reads more than a quarter of everything

constexpr std::int64_t first_day = 1704067200;  // 2024-01-01, 00:00 UTC
constexpr std::int64_t day = 86400;
constexpr std::uint32_t start_within_days = 28;
constexpr std::uint32_t active_days_of_seven = 5;

// Minutes a reader gives to reading on a day; the morning has a third of them.
constexpr std::uint32_t smallest_budget = 15;
constexpr std::uint32_t largest_budget = 45;

struct DailySession {
  std::int64_t earliest;  // seconds after midnight
  std::int64_t latest;
  std::uint32_t percent;  // of active days
  std::uint32_t thirds;   // of the day's minutes
};
constexpr std::array<DailySession, 2> daily_sessions{
    {{6 * 3600 + 1800, 9 * 3600, 70, 1}, {18 * 3600, 22 * 3600, 85, 2}}};

constexpr std::uint64_t shortest_pause = 5;  // seconds between two articles
constexpr std::uint64_t longest_pause = 90;

void check_range(const char* what, std::uint32_t value, std::uint32_t low, std::uint32_t high) {
  if (value < low || value > high) {
    throw recsys::DataError(fmt::format("sample world: {} must be from {} to {}, but is {}", what, low, high, value));
  }
}

// Times at which a reader opens articles, day by day and session by session.
class Diary {
 public:
  Diary(engine::RandomStream& stream)
      : stream_(stream),
        midnight_(first_day + day * below(start_within_days)),
        budget_(smallest_budget + below(largest_budget - smallest_budget + 1)) {
    next_session();
  }

  std::int64_t open(double minutes) {
    if (now_ >= session_end_) next_session();
    const std::int64_t opened = now_;
    now_ += static_cast<std::int64_t>(60 * minutes) + static_cast<std::int64_t>(shortest_pause) +
            below(longest_pause - shortest_pause + 1);
    return opened;
  }

 private:
  void next_session() {
    for (;;) {
      if (session_ == daily_sessions.size()) {
        session_ = 0;
        midnight_ += day;
        active_ = below(7) < active_days_of_seven;
      }
      const DailySession& session = daily_sessions[session_++];
      if (!active_ || below(100) >= session.percent) continue;
      now_ = midnight_ + session.earliest + below(static_cast<std::uint64_t>(session.latest - session.earliest));
      session_end_ = now_ + std::int64_t{60} * budget_ * session.thirds / 3;
      return;
    }
  }

  std::uint32_t below(std::uint64_t n) { return static_cast<std::uint32_t>(stream_.below(n)); }

  engine::RandomStream& stream_;
  std::int64_t midnight_;
  std::uint32_t budget_;
  std::size_t session_ = 0;
  bool active_ = true;
  std::int64_t now_ = 0;
  std::int64_t session_end_ = 0;
};

}  // namespace

SampleWorld make_sample_world(const SampleWorldOptions& options) {
  check_range("the number of users", options.users, 1, largest_sample_population);
  check_range("the number of items", options.items, smallest_sample_catalogue, largest_sample_catalogue);
  engine::RandomStream catalogue_stream(options.seed, engine::Purpose::sample_world, 0, 0);
  SampleCatalogue catalogue = make_sample_catalogue(options.items, catalogue_stream);

  SampleWorld world;
  for (std::uint32_t reader = 0; reader < options.users; ++reader) {
    engine::RandomStream stream(options.seed, engine::Purpose::sample_world, 1, reader);
    world.readers.push_back(fmt::format("reader-{}", reader + 1));
    SampleReader person(catalogue, stream);
    Diary diary(stream);
    const auto wanted = fewest_readings + static_cast<std::uint32_t>(stream.below(most_readings - fewest_readings + 1));
    const std::uint32_t count = std::min(wanted, options.items / catalogue_share);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t article = person.choose(stream);
      person.read(article, stream);
      world.readings.push_back(
          {.reader = reader, .article = article, .time = diary.open(catalogue.articles[article].minutes)});
    }
  }
  world.articles = std::move(catalogue.articles);
  return world;
}

}  // namespace infodiet::rl
