// A directory of a test's own, gone with it.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace balancer::fakes {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "balancer-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
    path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Short enough for a Unix socket (108 bytes).
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

  // Truncates and writes in place, as careless writers do.
  std::filesystem::path overwrite(std::string_view name, std::string_view text) const {
    const std::filesystem::path target = path_ / name;
    fill(target, text);
    return target;
  }

  // Writes the file whole and then renames it into place: a reader sees the old text or the new one, never half.
  std::filesystem::path write(std::string_view name, std::string_view text) const {
    const std::filesystem::path target = path_ / name;
    const std::filesystem::path draft = target.string() + ".new";
    fill(draft, text);
    std::filesystem::rename(draft, target);
    return target;
  }

 private:
  // A new file is its owner's only, as one with secrets should be.
  static void fill(const std::filesystem::path& file, std::string_view text) {
    const bool is_new = !std::filesystem::exists(file);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    if (is_new) std::filesystem::permissions(file, std::filesystem::perms(0600));
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
  }

  std::filesystem::path path_;
};

}  // namespace balancer::fakes
