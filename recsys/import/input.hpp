// Where bytes to import come from: files, members of zip archives, folders, standard input; plain or compressed. Turns
// paths into inputs that can be opened again and again. Knows nothing of what the bytes mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace infodiet::recsys {

/// Decompressed bytes, read once from the start.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `buffer` as far as there are bytes; 0 is the end. Throws DataError if the file cannot be read, is cut short
  /// or was changed.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// How far reading has come, in the unit of Input::size().
  virtual std::uint64_t position() const = 0;
};

/// Something to import.
class Input {
 public:
  virtual ~Input() = default;
  /// What to call it in front of people: "folder/ratings.csv", "archive.zip/ratings.csv", "standard input".
  virtual const std::string& name() const = 0;
  virtual std::uint64_t size() const = 0;
  virtual std::unique_ptr<ByteSource> open() const = 0;
};

/// Throws DataError for the first path that neither exists nor is "-": before anything is made for what would come in.
void require_paths_exist(std::span<const std::string> paths);

/// The inputs that paths stand for: a file is itself; of a folder or a zip archive the files with names that are known
/// to hold interactions or items (or an archive's only file); "-" is standard input, which is read to its end here, or
/// until `should_stop` answers yes. Throws DataError if a path does not exist, or nothing in a folder or archive is
/// known.
std::vector<std::unique_ptr<Input>> find_inputs(std::span<const std::string> paths,
                                                const std::function<bool()>& should_stop);

}  // namespace infodiet::recsys
