#include "common/log/line_format.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace balancer::log {
namespace {

using Json = nlohmann::json;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

void append_json_string(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

void append_json_value(std::string& out, const Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    append_json_string(out, *text);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out += std::to_string(*integer);
  } else {
    out += Json(std::get<double>(value)).dump();
  }
}

void append_console_value(std::string& out, const Value& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text && is_plain(*text) && text->find(' ') == std::string_view::npos && !text->empty()) {
    out += *text;
  } else {
    append_json_value(out, value);
  }
}

int milliseconds_of(std::chrono::system_clock::time_point time) {
  using std::chrono::milliseconds;
  return static_cast<int>(std::chrono::floor<milliseconds>(time.time_since_epoch()).count() % 1000);
}

std::string_view color_of(Level level) {
  switch (level) {
    case Level::kDebug: return "\x1b[2m";
    case Level::kInfo: return "\x1b[32m";
    case Level::kWarning: return "\x1b[33m";
    case Level::kError: return "\x1b[31m";
  }
  return "";
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::kDebug: return "DEBUG";
    case Level::kInfo: return "INFO";
    case Level::kWarning: return "WARNING";
    case Level::kError: return "ERROR";
  }
  return "INFO";
}

std::string json_line(const Line& line) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(line.time);
  std::string out = fmt::format(R"({{"timestamp":"{:%Y-%m-%dT%H:%M:%S}.{:03}Z","level":"{}","logger":)",
                                fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), milliseconds_of(line.time),
                                to_string(line.level));
  append_json_string(out, line.program);
  out += ",\"event\":";
  append_json_string(out, line.phrase);
  out += ",\"message\":";
  append_json_string(out, line.phrase);
  for (const Field& field : line.fields) {
    out += ',';
    append_json_string(out, field.key);
    out += ':';
    append_json_value(out, field.value);
  }
  out += '}';
  return out;
}

std::string console_line(const Line& line, bool color) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(line.time);
  std::string out = fmt::format("{:%H:%M:%S}.{:03} {}{:<7}{} {}",
                                fmt::localtime(std::chrono::system_clock::to_time_t(seconds)),
                                milliseconds_of(line.time), color ? color_of(line.level) : "", to_string(line.level),
                                color ? "\x1b[0m" : "", line.phrase);
  for (const Field& field : line.fields) {
    out += ' ';
    out += field.key;
    out += '=';
    append_console_value(out, field.value);
  }
  return out;
}

}  // namespace balancer::log
