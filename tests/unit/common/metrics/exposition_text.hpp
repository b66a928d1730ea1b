// The text exposition format (version 0.0.4), read as strictly as a scraper may read it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace balancer::metrics {

// Throws std::runtime_error with the offending line for what breaks the format: a family without HELP, TYPE or series, or
// told twice; a series of another family, or told twice; a name, an escape or a number that is none; a histogram whose
// buckets do not rise, or whose last one is not its count.
class ExpositionText {
 public:
  using Labels = std::map<std::string, std::string>;

  explicit ExpositionText(std::string_view text) {
    if (!text.empty() && text.back() != '\n') throw std::runtime_error("the last line is not ended");
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      line_ = text.substr(0, end);
      text.remove_prefix(end + 1);
      if (line_.starts_with("# HELP ")) {
        begin_family();
      } else if (line_.starts_with("# TYPE ")) {
        read_type();
      } else {
        read_sample();
      }
    }
    end_family();
  }

  // The series' value: "name", or "name_bucket", "name_sum", "name_count" of a histogram.
  [[nodiscard]] std::optional<double> value(const std::string& name, const Labels& labels = {}) const {
    const auto known = samples_.find({name, labels});
    return known == samples_.end() ? std::nullopt : std::optional(known->second);
  }
  // "counter", "gauge", "histogram"; empty for a family that is not there.
  [[nodiscard]] std::string type(const std::string& family) const {
    const auto known = types_.find(family);
    return known == types_.end() ? std::string() : known->second;
  }
  // The labels of every series of that name, in order.
  [[nodiscard]] std::vector<Labels> series(const std::string& name) const {
    std::vector<Labels> all;
    for (const auto& [key, value] : samples_) {
      if (key.first == name) all.push_back(key.second);
    }
    return all;
  }
  using Samples = std::map<std::pair<std::string, Labels>, double>;
  [[nodiscard]] const Samples& samples() const { return samples_; }
  // Name to type.
  [[nodiscard]] const std::map<std::string, std::string>& families() const { return types_; }

 private:
  [[noreturn]] void fail(std::string_view why) const {
    throw std::runtime_error(std::string(why) + ": " + std::string(line_));
  }
  void require(bool fulfilled, std::string_view why) const {
    if (!fulfilled) fail(why);
  }

  void begin_family() {
    end_family();
    const std::string_view rest = line_.substr(7);
    family_ = rest.substr(0, rest.find(' '));
    require(is_name(family_, /*colons=*/true), "no metric name");
    require(rest.size() > family_.size() + 1, "no help");
    require(families_seen_.insert(family_).second, "a family is told of twice");
  }

  void read_type() {
    const std::string_view rest = line_.substr(7);
    const std::size_t blank = rest.find(' ');
    require(blank != std::string_view::npos && rest.substr(0, blank) == family_, "the type of another family");
    const std::string type(rest.substr(blank + 1));
    require(type == "counter" || type == "gauge" || type == "histogram", "no type");
    require(family_samples_ == 0, "the type comes behind a series");
    require(types_.emplace(family_, type).second, "a type is told twice");
  }

  void end_family() {
    if (family_.empty()) return;
    require(types_.contains(family_), "a family has no type");
    require(family_samples_ > 0, "a family has no series");
    for (const auto& [labels, histogram] : histograms_) {
      require(!histogram.bounds.empty() && std::isinf(histogram.bounds.back()), "a histogram has no last bucket");
      require(histogram.count == histogram.bucket, "the last bucket is not the count");
      require(histogram.has_sum, "a histogram has no sum");
    }
    histograms_.clear();
    family_samples_ = 0;
    family_.clear();
  }

  void read_sample() {
    require(!family_.empty() && types_.contains(family_), "a series of no family");
    const std::size_t name_end = line_.find_first_of("{ ");
    require(name_end != std::string_view::npos, "no value");
    const std::string name(line_.substr(0, name_end));
    std::string_view rest = line_.substr(name_end);
    const Labels labels = rest.front() == '{' ? read_labels(rest) : Labels();
    require(rest.starts_with(' '), "no blank before the value");
    const double value = read_number(rest.substr(1));
    require(samples_.emplace(std::pair(name, labels), value).second, "a series is told of twice");
    ++family_samples_;
    if (types_[family_] == "histogram") return read_histogram(name, labels, value);
    require(name == family_, "a series of another family");
    require(types_[family_] != "counter" || value >= 0, "a counter below zero");
  }

  void read_histogram(std::string_view name, Labels labels, double value) {
    require(name.starts_with(family_), "a series of another family");
    const std::string_view part = name.substr(family_.size());
    if (part == "_bucket") {
      const auto le = labels.extract("le");
      require(!le.empty(), "a bucket has no bound");
      Histogram& histogram = histograms_[labels];
      const double bound = read_number(le.mapped());
      require(histogram.bounds.empty() || bound > histogram.bounds.back(), "bounds do not rise");
      require(value >= histogram.bucket, "buckets are not cumulative");
      histogram.bounds.push_back(bound);
      histogram.bucket = value;
    } else if (part == "_sum") {
      histograms_[labels].has_sum = true;
    } else {
      require(part == "_count", "a series of another family");
      histograms_[labels].count = value;
    }
  }

  // Takes them off the front of `rest`.
  Labels read_labels(std::string_view& rest) const {
    Labels labels;
    rest.remove_prefix(1);
    while (!rest.starts_with('}')) {
      const std::size_t equals = rest.find("=\"");
      require(equals != std::string_view::npos, "no label value");
      std::string name(rest.substr(0, equals));
      require(is_name(name, /*colons=*/false), "no label name");
      rest.remove_prefix(equals + 2);
      require(labels.emplace(std::move(name), read_quoted(rest)).second, "a label is told twice");
      if (rest.starts_with(',')) rest.remove_prefix(1);
      else require(rest.starts_with('}'), "labels are not separated");
    }
    rest.remove_prefix(1);
    return labels;
  }

  std::string read_quoted(std::string_view& rest) const {
    std::string value;
    while (true) {
      require(!rest.empty(), "a label value is not ended");
      const char c = rest.front();
      rest.remove_prefix(1);
      if (c == '"') return value;
      if (c != '\\') {
        value += c;
        continue;
      }
      require(!rest.empty(), "an escape is not ended");
      const char escaped = rest.front();
      rest.remove_prefix(1);
      require(escaped == '\\' || escaped == '"' || escaped == 'n', "an unknown escape");
      value += escaped == 'n' ? '\n' : escaped;
    }
  }

  [[nodiscard]] double read_number(std::string_view text) const {
    if (text == "+Inf") return std::numeric_limits<double>::infinity();
    const std::string copy(text);
    char* end = nullptr;
    const double number = std::strtod(copy.c_str(), &end);
    require(!copy.empty() && *end == '\0' && std::isfinite(number), "no number");
    return number;
  }

  static bool is_name(std::string_view text, bool colons) {
    const auto is_letter = [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
    };
    if (text.empty() || !is_letter(text.front())) return false;
    for (const char c : text) {
      if (!is_letter(c) && !(c >= '0' && c <= '9')) return false;
    }
    return true;
  }

  struct Histogram {
    std::vector<double> bounds;
    double bucket = 0;
    double count = -1;
    bool has_sum = false;
  };

  std::string_view line_;
  std::string family_;
  std::size_t family_samples_ = 0;
  std::set<std::string> families_seen_;
  std::map<std::string, std::string> types_;
  std::map<Labels, Histogram> histograms_;
  Samples samples_;
};

}  // namespace balancer::metrics
