// Sources of bytes to import: files, members of zip archives, folders, standard input; plain or compressed. Turns paths
// into inputs that can be opened repeatedly. Does not interpret the bytes.
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
  /// Reads up to buffer.size() bytes; 0 is the end. Throws DataError if the file cannot be read, is cut short or was
  /// changed.
  virtual std::size_t read(std::span<char> buffer) = 0;
  /// Bytes read so far, in the unit of Input::size().
  virtual std::uint64_t position() const = 0;
};

/// Something to import.
class Input {
 public:
  virtual ~Input() = default;
  /// Its name in messages: "folder/ratings.csv", "archive.zip/ratings.csv", "standard input".
  virtual const std::string& name() const = 0;
  /// Bytes on disk, compressed or not; 0 if unknown.
  virtual std::uint64_t size() const = 0;
  /// A new source of its bytes. Throws DataError.
  virtual std::unique_ptr<ByteSource> open() const = 0;
};

/// For `should_stop` where nothing stops the reading.
inline bool never() {
  return false;
}

/// Throws DataError for the first path that neither exists nor is "-". For use before a database is made.
void require_paths_exist(std::span<const std::string> paths);

/// The inputs of paths: a file itself; of a folder or a zip archive, the files whose names are known to hold
/// interactions or items (or an archive's only file); for "-" standard input, which is read to its end here, or until
/// `should_stop` returns true. Throws DataError if a path does not exist, or a folder or archive holds no known file.
std::vector<std::unique_ptr<Input>> find_inputs(std::span<const std::string> paths,
                                                const std::function<bool()>& should_stop);

}  // namespace infodiet::recsys
