#include "common/tls/memory_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace balancer::tls {
namespace {

std::string content(const std::string& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(MemoryFileTest, HoldsWhatItWasLastGivenUnderOnePath) {
  MemoryFile file;
  const std::string path = file.path();

  file.replace("a long first content");
  EXPECT_EQ(content(path), "a long first content");
  file.replace("second");
  EXPECT_EQ(content(path), "second");
  EXPECT_EQ(file.path(), path);
}

TEST(MemoryFileTest, AReaderKeepsWhatItHasOpened) {
  MemoryFile file;
  file.replace("before");
  std::ifstream reader(file.path());

  file.replace("after");

  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), "before");
}

TEST(MemoryFileTest, KeepsNoDescriptorOfFormerContents) {
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  MemoryFile file;
  file.replace("first");
  const auto before = open_descriptors();

  for (int i = 0; i < 20; ++i) file.replace("again");

  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace balancer::tls
