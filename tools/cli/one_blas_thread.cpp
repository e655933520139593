// Tells OpenBLAS, when it is loaded before main, to start no threads. Each would take unused memory, and if there is
// too little, OpenBLAS waits forever. Only for programs: it affects the whole process.

extern "C" int openblas_num_threads_env();

// OpenBLAS asks this function for the value of OPENBLAS_NUM_THREADS; the program's own goes before the library's.
extern "C" int openblas_num_threads_env() {
  return 1;
}
