// What is wrong, or odd, in a YAML document, and where.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace balancer {

// Both from 1; 0 when there is no place.
struct YamlPlace {
  int line = 0;
  int column = 0;

  friend auto operator<=>(const YamlPlace&, const YamlPlace&) = default;
};

enum class YamlSeverity { kError, kWarning };

struct YamlProblem {
  YamlSeverity severity = YamlSeverity::kError;
  YamlPlace place;
  // e.g. "providers[2].base_url"; empty for the whole document.
  std::string path;
  std::string message;
};

// Collects problems. The same message about the same key and place is kept once, since an alias is read as often as it is
// used; the number kept is bounded.
class YamlProblems {
 public:
  static constexpr std::size_t kLimit = 100;

  void add(YamlProblem problem);

  // Further problems would only be counted.
  [[nodiscard]] bool full() const { return problems_.size() >= kLimit; }

  // In the order of the document. When some were left out, one more says so; it is an error if any of those was.
  [[nodiscard]] std::vector<YamlProblem> sorted() const;

 private:
  std::vector<YamlProblem> problems_;
  std::set<std::tuple<YamlPlace, std::string, std::string>> seen_;
  std::size_t left_out_ = 0;
  bool error_left_out_ = false;
};

}  // namespace balancer
