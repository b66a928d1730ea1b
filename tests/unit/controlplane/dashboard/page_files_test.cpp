#include "controlplane/dashboard/page_files.hpp"

#include <gmock/gmock.h>

#include <regex>
#include <set>
#include <string>

namespace balancer::controlplane {
namespace {

using testing::Not;
using testing::StartsWith;

std::string bytes_of(std::string_view name) {
  for (const PageFile& file : page_files()) {
    if (file.name == name) return std::string(file.bytes);
  }
  return {};
}

// What the first group of the expression finds.
std::set<std::string> found(const std::string& text, const char* expression) {
  const std::regex regex(expression);
  std::set<std::string> result;
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
    result.insert((*match)[1]);
  }
  return result;
}

// All that a browser fetches because of the page itself, apart from its data.
std::set<std::string> referred_to() {
  std::set<std::string> names;
  const auto add = [&](std::set<std::string> more) { names.merge(more); };
  add(found(bytes_of(""), R"re(<(?:script|img)\b[^>]*\bsrc="([^"]*)")re"));
  add(found(bytes_of(""), R"re(<link\b[^>]*\bhref="([^"]*)")re"));
  for (const PageFile& file : page_files()) {
    if (file.name.ends_with(".js")) {
      add(found(std::string(file.bytes), R"re((?:from|import)\s*\(?\s*["']\./([^"']*)["'])re"));
    }
    if (file.name.ends_with(".css")) add(found(std::string(file.bytes), R"re(url\(["']?([^"')#]+))re"));
  }
  return names;
}

TEST(PageFilesTest, HoldAllThatThePageRefersTo) {
  for (const std::string& name : referred_to()) EXPECT_FALSE(bytes_of(name).empty()) << name;
}

TEST(PageFilesTest, HoldNothingThatThePageDoesNotReferTo) {
  const std::set<std::string> names = referred_to();

  EXPECT_GE(names.size(), 3u) << "style, script and icon at least";
  for (const PageFile& file : page_files()) {
    EXPECT_TRUE(file.name.empty() || names.contains(std::string(file.name))) << file.name;
  }
}

TEST(PageFilesTest, AreNamedOnce) {
  std::set<std::string_view> names;
  for (const PageFile& file : page_files()) {
    EXPECT_TRUE(names.insert(file.name).second) << file.name;
    EXPECT_FALSE(file.bytes.empty()) << file.name;
  }
}

TEST(PageFilesTest, SayWhatTheyAre) {
  for (const PageFile& file : page_files()) {
    const std::string_view name = file.name;
    const std::string_view expected = name.ends_with(".js")    ? "text/javascript"
                                      : name.ends_with(".css") ? "text/css"
                                      : name.ends_with(".svg") ? "image/svg+xml"
                                                               : "text/html";
    EXPECT_THAT(std::string(file.content_type), StartsWith(std::string(expected))) << name;
  }
}

TEST(PageFilesTest, RunNothingThatThePolicyForbids) {
  const std::string page = bytes_of("");

  EXPECT_TRUE(found(page, R"re((<script(?![^>]*\bsrc=)))re").empty());
  EXPECT_TRUE(found(page, R"re((<style\b))re").empty());
  EXPECT_TRUE(found(page, R"re((\sstyle\s*=))re").empty());
  EXPECT_TRUE(found(page, R"re(<[^>]*\s(on[a-z]+)\s*=)re").empty());
  EXPECT_TRUE(found(page, R"re((javascript:))re").empty());
}

TEST(PageFilesTest, FetchNothingFromElsewhere) {
  for (const std::string& name : referred_to()) {
    EXPECT_THAT(name, Not(StartsWith("/"))) << "the page may be served under a prefix";
    EXPECT_THAT(name, Not(StartsWith("http")));
  }
}

TEST(PageSecurityPolicyTest, AllowsThePagesOwnFilesAndNothingElse) {
  const std::string policy(kPageSecurityPolicy);

  EXPECT_THAT(policy, StartsWith("default-src 'none';"));
  EXPECT_THAT(policy, testing::HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(testing::HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(testing::HasSubstr("http")));
}

}  // namespace
}  // namespace balancer::controlplane
