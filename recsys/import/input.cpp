#include "recsys/import/input.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "recsys/errors.hpp"
#include "recsys/import/expansion.hpp"
#include "recsys/import/file_input.hpp"
#include "recsys/import/layouts.hpp"
#include "recsys/import/spooled_input.hpp"
#include "recsys/import/zip_input.hpp"

namespace infodiet::recsys {
namespace {

namespace fs = std::filesystem;

// In a folder or archive of many files only these are certainly data; others may be splits, tags or documentation.
bool is_known_name(const std::string& file_name) {
  fs::path name = fs::path(file_name).filename();
  if (name.extension() == ".gz") name = name.stem();
  static constexpr std::array<std::string_view, 4> whole{"u.data", "u.item", "ratings.dat", "movies.dat"};
  static constexpr std::array<std::string_view, 6> stems{"interactions", "ratings", "events",
                                                         "items",        "movies",  "articles"};
  static constexpr std::array<std::string_view, 3> tables{".csv", ".tsv", ".jsonl"};
  static constexpr std::array<std::string_view, 3> atomic{".inter", ".item", ".user"};
  const auto is_one_of = [](const auto& names, const std::string& value) {
    return std::find(names.begin(), names.end(), value) != names.end();
  };
  const std::string extension = name.extension().string();
  if (name == "u.user") return false;  // MovieLens' people, not an atomic file
  return is_published_name(name.string()) || is_one_of(whole, name.string()) || is_one_of(atomic, extension) ||
         (is_one_of(stems, name.stem().string()) && is_one_of(tables, extension));
}

[[noreturn]] void throw_nothing_known(const std::string& name, const std::vector<std::string>& found) {
  constexpr std::size_t shown = 8;
  const std::size_t count = std::min(shown, found.size());
  throw DataError(fmt::format(
      "{}: holds no file with a name known to hold interactions or items (such as ratings.csv, interactions.csv, "
      "items.csv, u.data, ratings.dat, *.inter), only: {}{}; name the files to import themselves",
      name,
      found.empty() ? "nothing"
                    : fmt::format("{}", fmt::join(found.begin(), found.begin() + static_cast<long>(count), ", ")),
      found.size() > shown ? ", ..." : ""));
}

using Inputs = std::vector<std::unique_ptr<Input>>;

void add_archive(Inputs& inputs, const std::string& name, const std::shared_ptr<const ZipArchive>& archive) {
  const std::vector<ZipMember> members = archive->members();
  std::vector<std::string> names;
  Expansion expansion(name);  // of all members together: they may share bytes
  const std::size_t before = inputs.size();
  for (const ZipMember& member : members) {
    names.push_back(member.name);
    if (members.size() == 1 || is_known_name(member.name)) {
      expansion.add(member.size, archive->size());
      inputs.push_back(std::make_unique<ZipInput>(archive, fmt::format("{}/{}", name, member.name), member));
    }
  }
  if (inputs.size() > before) return;
  const auto has = [&](std::string_view member) {
    return std::find(names.begin(), names.end(), member) != names.end();
  };
  if (has("xl/workbook.xml") || (has("mimetype") && has("content.xml"))) {
    throw DataError(
        fmt::format("{}: a spreadsheet, which infodiet does not read; save each sheet as CSV and import that", name));
  }
  throw_nothing_known(name, names);
}

void add_file(Inputs& inputs, const std::string& name, const std::string& path) {
  if (compression_of(name, path) == Compression::zip) {
    add_archive(inputs, name, std::make_shared<ZipArchive>(name, path));
  } else {
    inputs.push_back(std::make_unique<FileInput>(name, path));
  }
}

// What can be read only once: standard input, a pipe, /dev/stdin, <(...).
void add_stream(Inputs& inputs, const std::string& path, const std::function<bool()>& should_stop) {
  auto spooled = std::make_shared<const SpooledInput>(path, should_stop);
  if (compression_of(spooled->name(), spooled->path()) == Compression::zip) {
    add_archive(inputs, spooled->name(), std::make_shared<ZipArchive>(spooled->name(), spooled->path()));
  } else {
    inputs.push_back(std::make_unique<FileInput>(spooled->name(), spooled->path(), spooled));
  }
}

void add_folder(Inputs& inputs, const std::string& folder) {
  std::vector<std::string> known;
  std::vector<std::string> others;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    (is_known_name(entry->path().string()) ? known : others).push_back(entry->path().string());
  }
  if (error) throw DataError(fmt::format("{}: the folder cannot be read: {}", folder, error.message()));
  std::sort(known.begin(), known.end());
  std::sort(others.begin(), others.end());
  for (std::string& name : others) name = fs::path(name).filename().string();
  if (known.empty()) throw_nothing_known(folder, others);
  for (const std::string& path : known) add_file(inputs, path, path);
}

}  // namespace

void require_paths_exist(std::span<const std::string> paths) {
  for (const std::string& path : paths) {
    std::error_code error;
    if (path != "-" && fs::status(path, error).type() == fs::file_type::not_found) {
      throw DataError(fmt::format("{}: no such file or folder", path));
    }
  }
}

Inputs find_inputs(std::span<const std::string> paths, const std::function<bool()>& should_stop) {
  require_paths_exist(paths);
  Inputs inputs;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (path == "-" || fs::is_fifo(status) || fs::is_character_file(status) || fs::is_socket(status)) {
      add_stream(inputs, path, should_stop);
      continue;
    }
    if (fs::is_directory(status)) {
      add_folder(inputs, path);
    } else if (fs::is_regular_file(status)) {
      add_file(inputs, path, path);
    } else {
      throw DataError(fmt::format("{}: {}; expected a file, a folder, a pipe or \"-\" for standard input", path,
                                  error ? error.message() : "none of these"));
    }
  }
  return inputs;
}

}  // namespace infodiet::recsys
