#include "recsys/import/vectors_file.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/io/json_text.hpp"
#include "engine/io/npy.hpp"
#include "recsys/errors.hpp"
#include "recsys/import/file_plan.hpp"
#include "recsys/import/input.hpp"
#include "recsys/import/line_reader.hpp"
#include "recsys/import/text_source.hpp"
#include "recsys/store/catalogue.hpp"
#include "recsys/store/digest.hpp"
#include "recsys/store/item_vectors.hpp"
#include "recsys/store/key_cache.hpp"
#include "recsys/utf8.hpp"

namespace infodiet::recsys {

namespace {

using nlohmann::json;
using Array = engine::NpyArray<float>;

constexpr std::string_view format_name = "npy";

Array read_vectors(const std::string& path) {
  std::optional<Array> array;
  try {
    array = engine::read_npy_converted<float>(path);
  } catch (const FileError& error) {
    throw DataError(error.what());
  }
  const std::vector<std::size_t>& shape = array->shape;
  if (shape.size() != 2 || shape[0] == 0) {
    throw DataError(fmt::format("{}: an array of {} dimensions{}; expected two, a row for each item", path,
                                shape.size(), shape.size() == 2 ? " without rows" : ""));
  }
  if (shape[1] == 0 || shape[1] > most_dimensions) {
    throw DataError(fmt::format("{}: vectors of {} numbers; expected 1 to {}{}", path, shape[1], most_dimensions,
                                shape[1] > most_dimensions ? ": reduce them first, for example by their principal "
                                                             "components"
                                                           : ""));
  }
  return *std::move(array);
}

// The text of the ids, of which there should be `count`.
std::string read_text(const Input& input, std::size_t count) {
  constexpr std::size_t json_escape = 6;
  constexpr std::size_t around = 16;
  const std::size_t most = count * (max_key_bytes * json_escape + around) + around;
  const std::unique_ptr<ByteSource> source = open_text(input);
  std::string text;
  std::vector<char> block(std::size_t{1} << 16);
  for (std::size_t size = source->read(block); size > 0; size = source->read(block)) {
    text.append(block.data(), size);
    if (text.size() > most) throw DataError(fmt::format("{}: too long for {} ids", input.name(), count));
  }
  return text;
}

// The ids in a JSON array of texts or whole numbers, as `export --npy` writes them; nothing for anything else.
std::optional<std::vector<std::string>> ids_in_json(const std::string& text) {
  const json array = engine::parse_json<json>(text);
  if (!array.is_array()) return std::nullopt;
  std::vector<std::string> ids;
  ids.reserve(array.size());
  for (const json& id : array) {
    if (!id.is_string() && !id.is_number_integer()) return std::nullopt;
    ids.push_back(id.is_string() ? id.get<std::string>() : engine::json_text(id));
  }
  return ids;
}

std::vector<std::string> read_ids(const Input& input, std::size_t count) {
  const std::string text = read_text(input, count);
  if (auto ids = ids_in_json(text)) return *std::move(ids);
  std::vector<std::string> ids;
  TextSource source(text);
  LineReader reader(source, never);
  for (Line line; reader.next(line);) {
    if (line.problem != nullptr) {
      throw DataError(fmt::format("{}:{}: {}: expected an id", input.name(), line.number, line.problem));
    }
    ids.emplace_back(line.text);
  }
  return ids;
}

void check_ids(const std::string& name, const std::vector<std::string>& ids, const VectorImportOptions& options,
               std::size_t rows) {
  if (ids.size() != rows) {
    throw DataError(
        fmt::format("{}: {} ids, but {} has {} rows: expected an id a line, or a JSON array, in their order", name,
                    ids.size(), options.vectors, rows));
  }
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (const auto problem = key_problem(ids[i])) throw DataError(fmt::format("{}: id {}: {}", name, i + 1, *problem));
    const auto [earlier, is_new] = first.emplace(ids[i], i);
    if (is_new) continue;
    throw DataError(fmt::format("{}: ids {} and {} are both {:?}: each item can have one vector", name,
                                earlier->second + 1, i + 1, ids[i]));
  }
}

void check_numbers(const std::string& name, const Array& array, const std::vector<std::string>& ids) {
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    if (std::isfinite(array.values[i])) continue;
    const std::size_t row = i / array.shape[1];
    throw DataError(fmt::format("{}: row {} (item {:?}), column {}: {} is no finite float32", name, row + 1, ids[row],
                                i % array.shape[1] + 1, array.values[i]));
  }
}

std::string fingerprint_of(const Array& array, const std::vector<std::string>& ids) {
  Digest digest;
  digest.add(format_name).add(static_cast<std::int64_t>(array.shape[1]));
  digest.add(std::span<const float>(array.values));
  for (const std::string& id : ids) digest.add(id);
  return digest.hex();
}

std::int64_t number(const Database& db, const char* sql) {
  Statement query = db.prepare(sql);
  query.step();
  return query.integer(0);
}

void store(Database& db, const Array& array, const std::vector<std::string>& ids, VectorImport& result) {
  const std::size_t dimensions = array.shape[1];
  KeyCache items(db, "items");
  Statement insert = db.prepare("INSERT OR IGNORE INTO item_vectors (item_id, vector) VALUES (?, ?)");
  for (std::size_t row = 0; row < ids.size(); ++row) {
    const std::int64_t item = items.find_or_insert(ids[row]);
    insert.run(item, std::as_bytes(std::span(array.values).subspan(row * dimensions, dimensions)));
    (db.changes() > 0 ? result.added : result.kept) += 1;
  }
}

// After the new row, so that ids of imports never come back.
void forget_earlier_imports(const Database& db, std::int64_t latest) {
  db.prepare("DELETE FROM imports WHERE format = ? AND id <> ?").run(format_name, latest);
}

void record_import(const Database& db, const VectorImportOptions& options, const std::string& fingerprint,
                   const VectorImport& result) {
  db.prepare(
        "INSERT INTO imports (created, path, format, fingerprint, content, accepted, rejected, duplicates,"
        " below_min_rating) VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0)")
      .run(static_cast<std::int64_t>(std::time(nullptr)), to_utf8(options.vectors), format_name, fingerprint,
           fingerprint, result.added, result.kept);
  if (options.again) forget_earlier_imports(db, db.last_insert_id());
}

void require_same_dimensions(const Database& db, const VectorImportOptions& options, std::size_t dimensions) {
  const std::optional<std::size_t> stored = item_vector_dimensions(db);
  if (!stored || *stored == dimensions) return;
  throw DataError(fmt::format(
      "{}: vectors of {} numbers, but those stored have {}: import it with --again, which replaces all of them",
      options.vectors, dimensions, *stored));
}

std::string some_key(const Database& db, const char* condition) {
  Statement query = db.prepare(fmt::format("SELECT key FROM items WHERE {} ORDER BY id LIMIT 1", condition));
  return query.step() ? to_utf8(query.text(0)) : "";
}

void look_at_log(const Database& db, VectorImport& result) {
  const Counts counts = count_contents(db);
  result.users = counts.users;
  result.items = counts.items;
  result.items_in_log = number(db, "SELECT count(DISTINCT item_id) FROM interactions");
  result.covered = number(db, "SELECT count(*) FROM item_vectors WHERE item_id IN (SELECT item_id FROM interactions)");
  result.elsewhere = number(db, "SELECT count(*) FROM item_vectors") - result.covered;
  constexpr std::int64_t few = 10;
  if (result.covered * few >= result.items_in_log || result.elsewhere == 0) return;
  result.warnings.push_back(fmt::format(
      "{} of {} items of the log have a vector: check that both files use the same ids (one in the log is \"{}\", one "
      "with a vector is \"{}\")",
      result.covered == 0 ? "none" : fmt::format("only {}", result.covered), result.items_in_log,
      some_key(db, "id IN (SELECT item_id FROM interactions) AND id NOT IN (SELECT item_id FROM item_vectors)"),
      some_key(db, "id IN (SELECT item_id FROM item_vectors) AND id NOT IN (SELECT item_id FROM interactions)")));
}

}  // namespace

VectorImport import_vectors(Database& db, const VectorImportOptions& options) {
  const Array array = read_vectors(options.vectors);
  const auto inputs = find_inputs(std::vector<std::string>{options.ids}, never);
  if (inputs.size() != 1) throw DataError(fmt::format("{}: expected one file of ids", options.ids));
  const std::string& name = inputs.front()->name();
  const std::vector<std::string> ids = read_ids(*inputs.front(), array.shape[0]);
  check_ids(name, ids, options, array.shape[0]);
  check_numbers(options.vectors, array, ids);
  VectorImport result{.vectors = array.shape[0], .dimensions = array.shape[1]};
  const std::string fingerprint = fingerprint_of(array, ids);
  Transaction transaction(db);
  result.changed = !was_imported(db, fingerprint);
  if (result.changed) {
    if (options.again) {
      db.execute("DELETE FROM item_vectors");
      result.replaced = db.changes();
    }
    require_same_dimensions(db, options, result.dimensions);
    store(db, array, ids, result);
    record_import(db, options, fingerprint, result);
  }
  look_at_log(db, result);
  if (result.changed && !options.dry_run) transaction.commit();
  return result;
}

}  // namespace infodiet::recsys
