#include "gateway/dialect/openai_error/provider_error.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "common/text/ascii.hpp"
#include "gateway/dialect/json/json_document.hpp"
#include "gateway/dialect/json/utf8_repair.hpp"
#include "gateway/dialect/openai_error/utf8_prefix.hpp"

namespace balancer::gateway {
namespace {

constexpr std::size_t kMaxDocumentBytes = 256 * 1024;
constexpr std::size_t kMaxPlainBytes = 500;
constexpr int kLeastStatus = 400;
constexpr int kMostStatus = 599;
// Words are looked for this deep.
constexpr int kMaxNesting = 5;

// A string's text, a number's digits.
std::string scalar(JsonValue value) {
  if (value.is_string()) return value.decoded_text();
  return value.kind() == JsonKind::kNumber ? std::string(value.raw()) : std::string();
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int http_status(std::string_view text) {
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && status >= kLeastStatus && status <= kMostStatus ? status : 0;
}

// FastAPI: the path to the field at fault.
std::string location(JsonValue loc) {
  std::string path;
  for (const JsonValue step : loc.elements()) {
    if (!path.empty()) path += '.';
    path += scalar(step);
  }
  return path.empty() ? path : path + ": ";
}

// What the value tells people, wherever in it that stands.
std::string words_in(JsonValue value, int nesting = kMaxNesting) {
  if (nesting == 0) return {};
  if (value.is_string()) return value.decoded_text();
  std::string words;
  if (value.is_array()) {
    for (const JsonValue element : value.elements()) {
      const std::string more = words_in(element, nesting - 1);
      if (!words.empty() && !more.empty()) words += "; ";
      words += more;
    }
    return words;
  }
  for (const std::string_view key : {"message", "msg", "detail", "error", "errors", "title"}) {
    words = words_in(value[key], nesting - 1);
    if (!words.empty()) return location(value["loc"]) + words;
  }
  return words;
}

std::string first_text(std::initializer_list<JsonValue> values) {
  for (const JsonValue value : values) {
    if (std::string text = scalar(value); !text.empty()) return text;
  }
  return {};
}

ProviderError read_fields(JsonValue error) {
  ProviderError result{.type = scalar(error["type"]),
                       .code = first_text({error["code"], error["innererror"]["code"], error["details"]["error_code"]}),
                       .message = words_in(error),
                       .param = scalar(error["param"])};
  const std::string status = scalar(error["status"]);
  // Gemini: "INVALID_ARGUMENT".
  if (result.type.empty() && !is_number(status)) result.type = status;
  for (const std::string& text : {result.code, status, scalar(error["status_code"]), scalar(error["statusCode"])}) {
    if (result.status == 0) result.status = http_status(text);
  }
  const JsonValue reasons = error["metadata"]["reasons"];
  result.moderation = reasons.is_array() && !reasons.empty();
  return result;
}

std::optional<ProviderError> read_object(JsonValue root) {
  const JsonValue error = root["error"];
  const bool completion = static_cast<bool>(root["choices"]);
  if (error.is_object() && !(completion && error.empty())) return read_fields(error);
  if (error.is_string() && !error.text().empty()) {
    ProviderError result = read_fields(root);
    std::string name = error.decoded_text();
    if (result.code.empty() && name != result.message) result.code = std::move(name);
    return result;
  }
  if (completion) return std::nullopt;
  for (const JsonValue first : root["errors"].elements()) {
    if (first.is_object()) return read_fields(first);
    break;
  }
  if (root["object"].says("error")) return read_fields(root);
  for (const std::string_view key : {"message", "detail", "msg", "errors"}) {
    if (!words_in(root[key]).empty()) return read_fields(root);
  }
  return std::nullopt;
}

std::optional<ProviderError> read_root(JsonValue root) {
  if (!root.is_array()) return read_object(root);
  for (const JsonValue element : root.elements()) {
    if (!element["error"].is_nothing()) return read_object(element);
  }
  return std::nullopt;
}

Result<JsonValue> read_json(JsonDocument& reader, std::string_view document) {
  Result<JsonValue> root = reader.read_copy(document);
  if (!root) root = reader.read_copy(with_valid_utf8(document));
  return root;
}

// OpenRouter keeps the words of the provider behind it apart, as that provider's own document or as text.
void add_inner_error(ProviderError& error, std::string_view document) {
  if (document.empty()) return;
  JsonDocument reader;
  const Result<JsonValue> root = read_json(reader, document);
  std::optional<ProviderError> inner = root ? read_root(*root) : std::nullopt;
  error.message += ": ";
  if (!inner) {
    error.message += plain_error_text(document);
    return;
  }
  error.message += inner->message;
  if (error.type.empty()) error.type = std::move(inner->type);
  if (error.param.empty()) error.param = std::move(inner->param);
  if (!inner->code.empty() && (error.code.empty() || is_number(error.code))) error.code = std::move(inner->code);
}

// The size of the tag that `html` begins with: comments, scripts and styles with what is in them. 0 when it begins
// with none. Lower case.
std::size_t markup_size(std::string_view html) {
  if (html.size() < 2 || html[0] != '<') return 0;
  const bool tag = (html[1] >= 'a' && html[1] <= 'z') || html[1] == '/' || html[1] == '!' || html[1] == '?';
  if (!tag) return 0;
  const std::string_view closing = html.starts_with("<!--")     ? "-->"
                                   : html.starts_with("<script") ? "</script>"
                                   : html.starts_with("<style")  ? "</style>"
                                                                 : ">";
  const std::size_t at = html.find(closing);
  return at == std::string_view::npos ? html.size() : at + closing.size();
}

bool is_space(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }

}  // namespace

std::optional<ProviderError> read_provider_error(std::string_view document) {
  if (document.size() > kMaxDocumentBytes) return std::nullopt;
  JsonDocument reader;
  const Result<JsonValue> root = read_json(reader, document);
  if (!root) return std::nullopt;
  std::optional<ProviderError> error = read_root(*root);
  if (error) add_inner_error(*error, (*root)["error"]["metadata"]["raw"].decoded_text());
  return error;
}

std::string plain_error_text(std::string_view body) {
  const std::string valid = with_valid_utf8(body.substr(0, kMaxDocumentBytes));
  const std::string lower = ascii_lower(valid);
  std::string text;
  for (std::size_t i = 0; i < valid.size() && text.size() <= kMaxPlainBytes;) {
    const std::size_t markup = markup_size(std::string_view(lower).substr(i));
    if (markup == 0 && !is_space(valid[i])) {
      text += valid[i];
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
    i += std::max<std::size_t>(markup, 1);
  }
  text.resize(utf8_prefix(text, kMaxPlainBytes).size());
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace balancer::gateway
