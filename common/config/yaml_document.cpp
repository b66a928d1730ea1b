#include "common/config/yaml_document.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "common/config/quoted_text.hpp"

namespace balancer {
namespace {

YamlPlace place_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_begin = before.rfind('\n') + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - line_begin) + 1};
}

YamlProblem error(YamlPlace place, std::string message) {
  return {YamlSeverity::kError, place, "", std::move(message)};
}

std::optional<YamlProblem> find_bad_encoding(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return std::nullopt;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (!simdjson::validate_utf8(text.data() + begin, end - begin)) {
      return error(place_at(text, begin), "this line is not UTF-8");
    }
    begin = end + 1;
  }
  return error({}, "is not UTF-8");
}

// YAML forbids them, and yaml-cpp takes some for the end of the text.
std::optional<YamlProblem> find_control_character(std::string_view text) {
  const auto found = std::find_if(text.begin(), text.end(), [](char c) {
    return is_control_character(c) && c != '\n' && c != '\r' && c != '\t';
  });
  if (found == text.end()) return std::nullopt;
  return error(place_at(text, static_cast<std::size_t>(found - text.begin())),
               fmt::format("must not hold the control character 0x{:02x}", static_cast<unsigned char>(*found)));
}

std::optional<YamlProblem> find_unreadable_text(std::string_view text) {
  if (text.size() > YamlDocument::kMaxBytes) {
    return error({}, fmt::format("is larger than {} bytes", YamlDocument::kMaxBytes));
  }
  if (auto problem = find_bad_encoding(text)) return problem;
  return find_control_character(text);
}

// Notes where the first thing of each document stands, and keeps nothing.
class DocumentPlaces final : public YAML::EventHandler {
 public:
  // Of the document that was handled last.
  [[nodiscard]] YamlPlace place() const { return place_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    place_ = {mark.line + 1, mark.column + 1};
    content_seen_ = false;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override { note(mark); }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    note(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    note(mark);
  }
  void OnMapEnd() override {}

 private:
  void note(const YAML::Mark& mark) {
    if (!std::exchange(content_seen_, true)) place_ = {mark.line + 1, mark.column + 1};
  }

  YamlPlace place_;
  bool content_seen_ = false;
};

// Where a second document begins. Not by YAML::LoadAll(): what yaml-cpp 0.7 cannot read behind a document, it takes for one
// empty document after another, for ever.
std::optional<YamlPlace> find_second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentPlaces places;
  if (!parser.HandleNextDocument(places) || !parser.HandleNextDocument(places)) return std::nullopt;
  return places.place();
}

}  // namespace

YamlDocument::YamlDocument(std::string_view text, VariableLookup variables)
    : context_(std::make_unique<YamlContext>()) {
  context_->variables = std::move(variables);
  if (auto problem = find_unreadable_text(text)) {
    context_->problems.add(std::move(*problem));
    return;
  }
  try {
    const std::string copy(text);
    const std::optional<YamlPlace> second = find_second_document(copy);
    const YAML::Node document = second ? YAML::Node() : YAML::Load(copy);
    if (second) {
      context_->problems.add(error(*second, "a second document begins here; only one is allowed"));
    } else if (document.IsNull()) {
      context_->problems.add(error({1, 1}, "is empty"));
    } else {
      top_.emplace(*context_, document, "", YamlPlace{1, 1});
    }
  } catch (const YAML::Exception& exception) {
    context_->problems.add(error({exception.mark.line + 1, exception.mark.column + 1},
                                 fmt::format("is not YAML: {}", exception.msg)));
  } catch (const std::exception&) {
    context_->problems.add(error({}, "cannot be read as YAML"));
  }
}

YamlDocument::~YamlDocument() = default;

std::optional<YamlMap> YamlDocument::root() {
  if (!top_) return std::nullopt;
  if (!top_->is_map()) {
    top_->error("the top of the file must be a mapping (key: value)");
    return std::nullopt;
  }
  return YamlMap(*top_);
}

std::vector<YamlProblem> YamlDocument::problems() const { return context_->problems.sorted(); }

}  // namespace balancer
