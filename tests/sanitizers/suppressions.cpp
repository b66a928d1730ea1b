// What sanitizers are not to report: faults of libraries that are used as Debian ships them. Linked into every program and
// test of a build under sanitizers.

// Declared nowhere: the leak sanitizer looks for a function of this name.
extern "C" const char* __lsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
  // gRPC's resolver: some bytes of a look-up that is under way when the process ends.
  return "leak:libcares\n";
}
