// The program `infodiet`.
#include "tools/cli/entry.hpp"

int main(int argc, char** argv) {
  return infodiet::tools::enter(argc, argv);
}
