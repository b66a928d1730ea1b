// Structured logging: a fixed phrase plus fields. Never a credential, never a prompt.
//
// Lines go to the console (standard error) and, when configured, to a file of JSON lines. Each is written on a
// thread of its own with a bounded queue; when that is full the oldest lines are dropped and counted, so that a blocked
// terminal or a full disk never stops a request, nor one the other.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace balancer::log {

enum class Level { kDebug, kInfo, kWarning, kError };

struct Settings {
  Level level = Level::kInfo;
  // Colours are used on a terminal only, and never when NO_COLOR is set.
  bool color = true;
  // JSON lines are appended here; empty for no file. Missing folders are made.
  std::string file_path;
  // The "logger" member of each line: the program's name.
  std::string program = "balancer";
};

// To be called once, before other threads log. Before it, lines go to the console at level kInfo.
// Throws std::runtime_error when the file cannot be opened.
void configure(const Settings& settings);

// Writes out what is queued. To be called before the process ends.
void flush();

// Lines lost so far: pushed out of a full queue, or not taken by the destination.
[[nodiscard]] std::uint64_t dropped_line_count();

using Value = std::variant<std::string_view, std::int64_t, double, bool>;

struct Field {
  template <class T>
  Field(std::string_view field_key, const T& field_value) : key(field_key), value(to_value(field_value)) {}

  std::string_view key;
  Value value;

 private:
  template <class T>
  static Value to_value(const T& v) {
    if constexpr (std::is_same_v<T, bool>) {
      return v;
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<std::int64_t>(v);
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<double>(v);
    } else {
      return std::string_view(v);
    }
  }
};

// They live as long as the call.
using Fields = std::span<const Field>;
using FieldList = std::initializer_list<Field>;

[[nodiscard]] bool enabled(Level level);

void write(Level level, std::string_view phrase, Fields fields);
inline void write(Level level, std::string_view phrase, FieldList fields) {
  write(level, phrase, Fields(fields.begin(), fields.size()));
}

inline void debug(std::string_view phrase, FieldList fields = {}) { write(Level::kDebug, phrase, fields); }
inline void info(std::string_view phrase, FieldList fields = {}) { write(Level::kInfo, phrase, fields); }
inline void warn(std::string_view phrase, FieldList fields = {}) { write(Level::kWarning, phrase, fields); }
inline void error(std::string_view phrase, FieldList fields = {}) { write(Level::kError, phrase, fields); }

}  // namespace balancer::log
