#include "gateway/dialect/json/json_marks.hpp"

#include <simdjson.h>

#include <algorithm>

namespace balancer::gateway {
namespace {

constexpr std::size_t kLeastCapacity = 64 * 1024;
// Bigger structure tables are given back after use.
constexpr std::size_t kKeptCapacity = 2 * 1024 * 1024;

}  // namespace

struct JsonMarks::Parser {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
  std::size_t capacity = 0;
};

JsonMarks::JsonMarks() : parser_(std::make_unique<Parser>()) {}
JsonMarks::~JsonMarks() = default;

JsonMarksProblem JsonMarks::find(std::string_view text) {
  marks_ = {};
  if (text.empty()) return JsonMarksProblem::kEmpty;
  if (!parser_->stage || parser_->capacity < text.size()) {
    parser_->stage.reset();
    const std::size_t capacity = std::max(text.size(), kLeastCapacity);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, /*max_depth=*/1,
                                                                                parser_->stage)) {
      return JsonMarksProblem::kOutOfMemory;
    }
    parser_->capacity = capacity;
  }
  simdjson::internal::dom_parser_implementation& stage = *parser_->stage;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const simdjson::error_code error = stage.stage1(bytes, text.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::UTF8_ERROR) return JsonMarksProblem::kNotUtf8;
  if (error) return JsonMarksProblem::kNotJson;
  marks_ = {stage.structural_indexes.get(), stage.n_structural_indexes};
  return JsonMarksProblem::kNone;
}

bool JsonMarks::release_if_large() {
  if (parser_->capacity <= kKeptCapacity) return false;
  marks_ = {};
  parser_->stage.reset();
  parser_->capacity = 0;
  return true;
}

}  // namespace balancer::gateway
