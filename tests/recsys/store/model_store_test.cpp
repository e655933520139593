#include "recsys/store/model_store.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <limits>
#include <numeric>
#include <thread>

#include "engine/random.hpp"
#include "recsys/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace infodiet::recsys {
namespace {

using test::TemporaryFolder;
using testing::HasSubstr;

std::vector<float> filled(std::size_t size, float start) {
  std::vector<float> values(size);
  std::iota(values.begin(), values.end(), start);
  return values;
}

TEST(ModelStore, PublishesAndReadsBack) {
  Database db = Database::in_memory();
  const std::vector<float> table = filled(700'001, 0.5F);
  const std::vector<std::int64_t> counters{1, -2};
  const std::vector<double> scalar{0.1};
  const std::vector<std::uint8_t> bytes(1 << 20, 7);  // exactly one chunk
  const std::vector<TensorToStore> tensors{
      tensor_to_store<float>("table", {700'001, 1}, table), tensor_to_store<std::int64_t>("counters", {2}, counters),
      tensor_to_store<double>("scalar", {}, scalar), tensor_to_store<std::uint8_t>("bytes", {1 << 20}, bytes),
      tensor_to_store<float>("nothing", {0, 4}, {})};
  publish_model(db,
                {.name = "attention",
                 .configuration = R"({"width":64})",
                 .seed = 0xffff'ffff'ffff'ffff,
                 .data_fingerprint = "abc",
                 .holdout = "last",
                 .metrics = R"({"ndcg@10":0.1})"},
                tensors);
  const ModelReader reader(db, "attention");
  EXPECT_EQ(reader.record().configuration, R"({"width":64})");
  EXPECT_EQ(reader.record().seed, 0xffff'ffff'ffff'ffff);
  EXPECT_EQ(reader.record().data_fingerprint, "abc");
  EXPECT_EQ(reader.record().holdout, "last");
  EXPECT_EQ(reader.record().metrics, R"({"ndcg@10":0.1})");
  EXPECT_EQ(reader.record().state, ModelState::published);
  EXPECT_GT(reader.record().created, 0);
  EXPECT_EQ(reader.read<float>("table"), table);
  EXPECT_EQ(reader.read<std::int64_t>("counters"), counters);
  EXPECT_EQ(reader.read<double>("scalar"), scalar);
  EXPECT_EQ(reader.read<std::uint8_t>("bytes"), bytes);
  EXPECT_TRUE(reader.read<float>("nothing").empty());
  EXPECT_EQ(reader.info("table").shape, (std::vector<std::size_t>{700'001, 1}));
  EXPECT_EQ(reader.tensors().size(), 5U);

  EXPECT_THROW(reader.read<double>("table"), DamagedError);
  EXPECT_THROW(reader.read<float>("absent"), DamagedError);
  std::vector<float> small(3);
  EXPECT_THROW(reader.read("table", std::span<float>(small)), ShapeError);
}

TEST(ModelStore, RefusesValuesThatDoNotFitTheirShape) {
  Database db = Database::in_memory();
  const std::vector<float> values(6);
  const std::size_t huge = std::size_t{1} << 63;
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{7}, {2, 2}, {}, {huge, 2}, {huge, huge, 0, 1}, std::vector<std::size_t>(65, 1)}) {
    const std::vector<TensorToStore> tensors{tensor_to_store<float>("t", shape, values)};
    EXPECT_THROW(publish_model(db, {.name = "m"}, tensors), ShapeError);
  }
  EXPECT_TRUE(list_models(db).empty());
}

TEST(ModelStore, KeepsOnePublishedModelAndOneCheckpointOfAName) {
  Database db = Database::in_memory();
  const std::vector<float> first = filled(10, 1);
  const std::vector<float> second = filled(20, 2);
  const auto tensor = [](const std::vector<float>& values) {
    return std::vector<TensorToStore>{tensor_to_store<float>("t", {values.size()}, values)};
  };
  const auto values_of = [&](ModelState state) { return ModelReader(db, "m", state).read<float>("t"); };
  EXPECT_FALSE(find_model(db, "m", ModelState::published).has_value());
  EXPECT_THROW(ModelReader(db, "m"), Error);
  EXPECT_THROW(ModelReader(db, "m", ModelState::training), Error);

  publish_model(db, {.name = "m"}, tensor(first));
  publish_model(db, {.name = "other"}, tensor(first));
  save_checkpoint(db, {.name = "m"}, tensor(first));
  save_checkpoint(db, {.name = "m/2"}, tensor(first));
  save_checkpoint(db, {.name = "m"}, tensor(second));
  EXPECT_EQ(find_model(db, "m/2", ModelState::training), std::nullopt) << "it came after the other";
  save_checkpoint(db, {.name = "m/2"}, tensor(first));
  EXPECT_EQ(values_of(ModelState::training), second);
  EXPECT_EQ(values_of(ModelState::published), first);
  {
    Transaction both(db);
    publish_model(db, {.name = "m"}, tensor(second));
    delete_checkpoint(db, "m");
    both.commit();
  }
  EXPECT_EQ(values_of(ModelState::published), second);
  EXPECT_EQ(find_model(db, "m", ModelState::training), std::nullopt);
  EXPECT_EQ(find_model(db, "m/2", ModelState::training), std::nullopt);
  std::vector<ModelState> states;
  for (const ModelRecord& model : list_models(db)) states.push_back(model.state);
  EXPECT_EQ(states, (std::vector{ModelState::retired, ModelState::published, ModelState::published}));
  Statement tensors = db.prepare("SELECT count(*) FROM model_tensors");
  ASSERT_TRUE(tensors.step());
  EXPECT_EQ(tensors.integer(0), 3) << "the one that was replaced can be loaded still";
}

TEST(ModelStore, NeitherStoresNorReadsWhatIsNotFinite) {
  Database db = Database::in_memory();
  std::vector<float> values = filled(10, 1);
  const std::vector<TensorToStore> tensors{tensor_to_store<float>("t", {values.size()}, values)};
  publish_model(db, {.name = "m"}, tensors);
  for (const float bad : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
    values[7] = bad;
    EXPECT_THROW(publish_model(db, {.name = "m"}, tensors), Error);
    EXPECT_THROW(save_checkpoint(db, {.name = "m"}, tensors), Error);
  }
  EXPECT_EQ(ModelReader(db, "m").read<float>("t"), filled(10, 1));
}

std::vector<std::int64_t> loadable(const Database& db) {
  std::vector<std::int64_t> ids;
  for (const ModelRecord& model : list_models(db)) {
    if (model.loadable) ids.push_back(model.id);
  }
  return ids;
}

TEST(ModelStore, KeepsTheLatestModelsAndThoseThatArePinned) {
  Database db = Database::in_memory();
  const std::vector<float> values = filled(10, 1);
  const std::vector<TensorToStore> tensors{tensor_to_store<float>("t", {values.size()}, values)};
  using Ids = std::vector<std::int64_t>;
  for (int i = 0; i < 4; ++i) publish_model(db, {.name = "m"}, tensors);
  EXPECT_EQ(loadable(db), (Ids{2, 3, 4}));
  pin_model(db, 2, true);
  publish_model(db, {.name = "m"}, tensors);
  EXPECT_EQ(keep_model(db, {.name = "m"}, tensors), 6);
  EXPECT_EQ(loadable(db), (Ids{2, 4, 5, 6}));
  EXPECT_EQ(find_model(db, "m", ModelState::published)->id, 5);

  publish_stored_model(db, 2);
  EXPECT_EQ(find_model(db, "m", ModelState::published)->id, 2);
  EXPECT_EQ(ModelReader(db, require_model(db, 6)).read<float>("t"), values);
  EXPECT_THROW(publish_stored_model(db, 1), DataError) << "its tensors were deleted";
  EXPECT_THROW(ModelReader(db, require_model(db, 1)), DataError);
  EXPECT_THROW(publish_stored_model(db, 77), DataError);
  EXPECT_THROW(pin_model(db, 77, true), DataError);

  pin_model(db, 2, false);
  publish_model(db, {.name = "m"}, tensors);
  EXPECT_EQ(loadable(db), (Ids{5, 6, 7}));
  remove_model(db, 7);
  EXPECT_FALSE(find_model(db, "m", ModelState::published));
  EXPECT_THROW(remove_model(db, 7), DataError);
  save_checkpoint(db, {.name = "m"}, tensors);
  EXPECT_THROW(publish_stored_model(db, find_model(db, "m", ModelState::training)->id), DataError);
}

TEST(ModelStore, AReaderSeesOneModelWhileAnotherIsPublished) {
  const TemporaryFolder folder;
  Database writer(folder.file("a.db"), OpenMode::create);
  const auto publish = [&](float value) {
    const std::vector<float> values(600'000, value);
    const std::vector<TensorToStore> tensors{tensor_to_store<float>("a", {values.size()}, values),
                                             tensor_to_store<float>("b", {values.size()}, values)};
    publish_model(writer, {.name = "m"}, tensors);
  };
  publish(1);
  const Database db(folder.file("a.db"), OpenMode::read_only);
  {
    const ModelReader reader(db, "m");
    EXPECT_EQ(reader.read<float>("a").back(), 1);
    publish(2);
    EXPECT_EQ(reader.read<float>("b"), std::vector<float>(600'000, 1));
  }
  EXPECT_EQ(ModelReader(db, "m").read<float>("a"), std::vector<float>(600'000, 2));
}

TEST(ModelStore, ACheckpointSurvivesBeingKilledAtAnyTime) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.db");
  { const Database db(path, OpenMode::create); }
  const auto save = [](Database& db, std::int64_t epoch) {
    const std::vector<double> values(200'000, static_cast<double>(epoch));
    const std::vector<TensorToStore> tensors{tensor_to_store<double>("a", {values.size()}, values),
                                             tensor_to_store<std::int64_t>("epoch", {}, std::span(&epoch, 1)),
                                             tensor_to_store<double>("b", {values.size()}, values)};
    save_checkpoint(db, {.name = "m"}, tensors);
  };
  engine::RandomStream stream(3, engine::Purpose::test);
  std::int64_t last = 0;
  for (int round = 0; round < 20; ++round) {
    std::array<int, 2> saved{};
    ASSERT_EQ(pipe(saved.data()), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Database db(path, OpenMode::read_write);
      for (std::int64_t epoch = last + 1;; ++epoch) {
        save(db, epoch);
        if (::write(saved[1], "s", 1) != 1) _exit(1);
      }
    }
    char told = 0;
    ASSERT_EQ(::read(saved[0], &told, 1), 1);
    std::this_thread::sleep_for(std::chrono::microseconds(stream.below(30'000)));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    for (const int end : saved) close(end);
    const Database db(path, OpenMode::read_write);
    Statement check = db.prepare("PRAGMA integrity_check");
    ASSERT_TRUE(check.step());
    ASSERT_EQ(check.text(0), "ok");
    const ModelReader reader(db, "m", ModelState::training);
    const std::int64_t epoch = reader.read<std::int64_t>("epoch").front();
    ASSERT_GT(epoch, last);
    ASSERT_EQ(reader.read<double>("a"), std::vector<double>(200'000, static_cast<double>(epoch)));
    ASSERT_EQ(reader.read<double>("b"), std::vector<double>(200'000, static_cast<double>(epoch)));
    last = epoch;
  }
}

// Files changed from outside: each statement makes one tensor inconsistent.
TEST(ModelStore, RefusesWhatDoesNotAddUp) {
  for (const std::string damage :
       {"UPDATE model_tensors SET shape = '[4611686018427387904,4]' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '[9223372036854775807,9223372036854775807]' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '[-2,-150000]' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '[300000.0]' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '[300001]' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '[150000,2]' WHERE name = 't' AND chunk = 1",
        "UPDATE model_tensors SET shape = '[2,150000]' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '{}' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '' WHERE name = 't'",
        "UPDATE model_tensors SET shape = '[300000000000000]', length = 1200000000000000 WHERE name = 't'",
        "UPDATE model_tensors SET length = -1 WHERE name = 't'",
        "UPDATE model_tensors SET length = 1200004 WHERE name = 't'",
        "UPDATE model_tensors SET dtype = 'f64' WHERE name = 't'",
        "UPDATE model_tensors SET dtype = 'i64', shape = '[150000]' WHERE name = 't'",
        "UPDATE model_tensors SET dtype = 'complex' WHERE name = 't'",
        "UPDATE model_tensors SET checksum = checksum + 1 WHERE name = 't' AND chunk = 0",
        "UPDATE model_tensors SET data = zeroblob(length(data)) WHERE name = 't' AND chunk = 1",
        "UPDATE model_tensors SET data = substr(data, 2) WHERE name = 't' AND chunk = 1",
        "UPDATE model_tensors SET data = x'' WHERE name = 't' AND chunk = 0",
        "UPDATE model_tensors SET chunk = 2 WHERE name = 't' AND chunk = 1",
        "UPDATE model_tensors SET chunk = 1 - chunk WHERE name = 't'",
        "UPDATE model_tensors SET chunk = chunk - 1 WHERE name = 't'",
        "UPDATE model_tensors SET name = 'u' WHERE name = 't' AND chunk = 0",
        "UPDATE model_tensors SET name = 'u' WHERE name = 't'",
        "DELETE FROM model_tensors WHERE name = 't' AND chunk = 1",
        "INSERT INTO model_tensors SELECT * FROM model_tensors WHERE name = 't'",
        "INSERT INTO model_tensors SELECT * FROM model_tensors WHERE name = 't' AND chunk = 0"}) {
    SCOPED_TRACE(damage);
    Database db = Database::in_memory();
    const std::vector<float> values = filled(300'000, 1);
    const std::vector<TensorToStore> tensors{tensor_to_store<float>("t", {values.size()}, values)};
    publish_model(db, {.name = "m"}, tensors);
    ASSERT_EQ(ModelReader(db, "m").read<float>("t"), values);
    db.execute(damage);
    try {
      const ModelReader reader(db, "m");
      std::vector<float> read(values.size());
      reader.read("t", std::span<float>(read));
      ADD_FAILURE() << "nothing was thrown";
    } catch (const DamagedError& error) {
      EXPECT_THAT(error.what(), HasSubstr("model \"m\""));
    }
  }
}

}  // namespace
}  // namespace infodiet::recsys
