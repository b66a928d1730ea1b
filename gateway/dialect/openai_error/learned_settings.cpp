#include "gateway/dialect/openai_error/learned_settings.hpp"

#include <algorithm>

namespace balancer::gateway {

void LearnedSettings::use_snapshot(std::string_view epoch, std::uint64_t version) {
  if (epoch_ == epoch && version_ == version) return;
  epoch_ = epoch;
  version_ = version;
  entries_.clear();
}

const ConversionSettings* LearnedSettings::find(std::string_view provider, std::string_view upstream_model,
                                                TimePoint now) {
  if (entries_.empty()) return nullptr;
  const auto found = entries_.find(Key(provider, upstream_model));
  if (found == entries_.end()) return nullptr;
  if (now < found->second.until) return &found->second.settings;
  entries_.erase(found);
  return nullptr;
}

void LearnedSettings::remember(const LearnedLesson& lesson, TimePoint now) {
  if (lesson.epoch != epoch_ || lesson.version != version_) return;
  entries_.insert_or_assign(Key(lesson.provider, lesson.upstream_model), Entry{lesson.settings, now + kRemembered});
  if (entries_.size() <= kMaxEntries) return;
  entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                  [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
}

}  // namespace balancer::gateway
