#include "gateway/dialect/openai_error/provider_error.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/json/utf8_repair.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxDocumentBytes = 256 * 1024;
constexpr std::size_t kMaxPlainBytes = 500;
constexpr int kLeastStatus = 400;
constexpr int kMostStatus = 599;

int status_of(std::string_view code) {
  int status = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), status);
  const bool is_status = error == std::errc() && end == code.data() + code.size() && status >= kLeastStatus;
  return is_status && status <= kMostStatus ? status : 0;
}

// A string's text, a number's digits.
std::string scalar(JsonValue value) {
  if (value.is_string()) return value.decoded_text();
  return value.kind() == JsonKind::kNumber ? std::string(value.raw()) : std::string();
}

// FastAPI: a string, or a list of {"loc":[...],"msg":...}.
std::string detail_text(JsonValue detail) {
  if (detail.is_string()) return detail.decoded_text();
  std::string text;
  for (const JsonValue problem : detail.elements()) {
    if (!text.empty()) text += "; ";
    for (const JsonValue step : problem["loc"].elements()) {
      text += scalar(step);
      text += '.';
    }
    if (text.ends_with('.')) text.back() = ':';
    if (text.ends_with(':')) text += ' ';
    text += problem["msg"].decoded_text();
  }
  return text.empty() ? detail["message"].decoded_text() : text;
}

ProviderError read_fields(JsonValue error) {
  ProviderError result{.type = scalar(error["type"]),
                       .code = scalar(error["code"]),
                       .message = scalar(error["message"]),
                       .param = scalar(error["param"])};
  if (result.message.empty()) result.message = detail_text(error["detail"]);
  if (result.message.empty()) result.message = scalar(error["msg"]);
  if (result.type.empty()) result.type = scalar(error["status"]);
  const JsonValue metadata = error["metadata"];
  result.moderation = metadata["reasons"].is_array() && !metadata["reasons"].empty();
  // OpenRouter keeps the words of the provider behind it apart.
  if (const std::string raw = scalar(metadata["raw"]); !raw.empty()) result.message += ": " + raw;
  // Azure says why it filtered a level deeper.
  if (const std::string inner = scalar(error["innererror"]["code"]); result.code.empty()) result.code = inner;
  result.status = status_of(result.code);
  return result;
}

std::optional<ProviderError> read_root(JsonValue root) {
  if (root.is_array()) {
    for (const JsonValue element : root.elements()) {
      if (!element["error"].is_nothing()) return read_root(element);
    }
    return std::nullopt;
  }
  if (const JsonValue error = root["error"]; error.is_object()) return read_fields(error);
  if (const JsonValue error = root["error"]; error.is_string()) {
    ProviderError result = read_fields(root);
    if (result.message.empty()) result.message = error.decoded_text();
    return result;
  }
  if (root["choices"]) return std::nullopt;
  for (const JsonValue error : root["errors"].elements()) {
    return error.is_object() ? read_fields(error) : ProviderError{.type = {}, .code = {}, .message = scalar(error), .param = {}};
  }
  const bool has_words = root["message"].is_string() || !root["detail"].is_nothing();
  if (!has_words && !root["object"].says("error")) return std::nullopt;
  return read_fields(root);
}

}  // namespace

std::optional<ProviderError> read_provider_error(std::string_view document) {
  if (document.size() > kMaxDocumentBytes) return std::nullopt;
  JsonDocument reader;
  Result<JsonValue> root = reader.read_copy(document);
  if (!root) root = reader.read_copy(with_valid_utf8(document));
  if (!root) return std::nullopt;
  return read_root(*root);
}

std::string plain_error_text(std::string_view body) {
  const std::string valid = with_valid_utf8(body.substr(0, kMaxDocumentBytes));
  std::string text;
  bool in_tag = false;
  for (const char c : valid) {
    const bool space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (c == '<') in_tag = true;
    if (!in_tag && !space) {
      text += c;
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
    if (c == '>') in_tag = false;
    if (text.size() > kMaxPlainBytes) break;
  }
  while (text.size() > kMaxPlainBytes || (!text.empty() && text.back() == ' ')) text.pop_back();
  // Not in the middle of a character.
  std::size_t begin = text.size();
  while (begin > 0 && (static_cast<unsigned char>(text[begin - 1]) & 0xc0) == 0x80) --begin;
  if (begin > 0 && static_cast<unsigned char>(text[begin - 1]) >= 0xc0 && with_valid_utf8(text) != text) {
    text.resize(begin - 1);
  }
  return text;
}

}  // namespace balancer::gateway
