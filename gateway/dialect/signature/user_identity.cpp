#include "gateway/dialect/signature/user_identity.hpp"

#include "gateway/dialect/json/json_text.hpp"
#include "gateway/dialect/signature/canonical_json.hpp"

namespace balancer::gateway {

void add_user_identity(SignatureBuilder& builder, std::string_view raw_user_id, JsonDocument& scratch) {
  constexpr std::string_view kSessionMark = "_session_";
  if (const std::size_t mark = raw_user_id.rfind(kSessionMark);
      raw_user_id.starts_with("user_") && mark != std::string_view::npos) {
    builder.add("text without session");
    builder.add(raw_user_id.substr(0, mark));
    return;
  }
  if (raw_user_id.starts_with('{')) {
    const std::string decoded = decode_raw(raw_user_id);
    if (const auto members = scratch.read_copy(decoded); members && members->is_object()) {
      builder.add("object without session");
      CanonicalJson canonical(builder);
      canonical.add_object(*members, [&](const JsonField& member) {
        if (says(member.raw_key, "session_id")) return;
        canonical.add_key(member);
        canonical.add(member.value);
      });
      canonical.finish();
      return;
    }
  }
  builder.add("text");
  builder.add(raw_user_id);
}

}  // namespace balancer::gateway
