#include "recsys/store/disk_errors.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace infodiet::recsys {

bool could_not_read(sqlite3* connection) {
  int error = 0;
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_LAST_ERRNO, &error) != SQLITE_OK) return false;
  return error == EIO || error == ENXIO || error == ERANGE;
}

}  // namespace infodiet::recsys
