// What sanitizers are not to report: faults of libraries that are used as Debian ships them, and what only seems one
// because those libraries are not compiled for the thread sanitizer. Linked into every program and test of a build under
// sanitizers.

// Declared nowhere: the sanitizers look for functions of these names.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_suppressions();

extern "C" const char* __lsan_default_suppressions() {
  // gRPC's resolver: some bytes of a look-up that is under way when the process ends.
  return "leak:libcares\n";
}

// What a library frees or copies is its own matter. To put names to what is suppressed would stop a program for a tenth
// of a second at its first messages, longer than a gateway waits for a decision: TSAN_OPTIONS=symbolize=1 names what was
// found. What was suppressed is not listed at the end, where it would wait for a
// terminal that nobody reads; nor is the thread that does, which such a terminal holds for ever.
extern "C" const char* __tsan_default_options() {
  return "ignore_noninstrumented_modules=1:symbolize=0:print_suppressions=0:report_thread_leaks=0";
}

// gRPC locks with Abseil's mutexes and hands messages over by atomics, neither of which the thread sanitizer sees: each
// message that crosses from one of its threads to another looks like a race. Hence nothing is reported where one of the
// two threads is gRPC's or has come through it. What our own threads do to each other is reported.
extern "C" const char* __tsan_default_suppressions() {
  return "race:libgrpc\n"
         "race:libgpr\n"
         "race:libprotobuf\n"
         "race:libabsl\n"
         "race:libupb\n";
}
