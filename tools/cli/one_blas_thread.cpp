// What a program of ours tells OpenBLAS when that is loaded, which is before main: to start no threads of its own. Each
// would take memory that nothing uses, and where that much is not to be had it waits for it for ever.
// Not for libraries: it answers for the whole process.

extern "C" int openblas_num_threads_env();

// OpenBLAS asks this function for the value of OPENBLAS_NUM_THREADS; the program's own goes before the library's.
extern "C" int openblas_num_threads_env() {
  return 1;
}
