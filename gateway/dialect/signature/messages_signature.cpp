#include "gateway/dialect/signature/messages_signature.hpp"

#include <vector>

#include "common/signature/signature_builder.hpp"
#include "gateway/dialect/signature/canonical_json.hpp"
#include "gateway/dialect/signature/header_signature.hpp"
#include "gateway/dialect/signature/user_identity.hpp"
#include "gateway/dialect/signature/volatile_parts.hpp"

namespace balancer::gateway {
namespace {

// No JSON token looks like these: they stand for values.
constexpr std::string_view kSomeNumber = "some number";
constexpr std::string_view kUserId = "user id";

// Adds the canonical body. Of each metadata.user_id only a place; what stands there is appended to `user_ids`.
class BodyParts {
 public:
  BodyParts(SignatureBuilder& builder, bool include_max_tokens)
      : canonical_(builder), include_max_tokens_(include_max_tokens) {}

  void add(JsonValue body) {
    canonical_.add_object(body, [this](const JsonField& member) { add_member(member); });
    canonical_.finish();
  }

  // Between their quotes.
  [[nodiscard]] const std::vector<std::string_view>& user_ids() const { return user_ids_; }

 private:
  void add_member(const JsonField& member) {
    const MemberRule rule = rule_of(member, include_max_tokens_);
    if (rule == MemberRule::kLeftOut) return;
    canonical_.add_key(member);
    switch (rule) {
      case MemberRule::kPresenceCounts: return canonical_.add_placeholder(kSomeNumber);
      case MemberRule::kMetadata: return add_metadata(member.value);
      case MemberRule::kOutputFormat: return canonical_.add(member.value, "schema");
      default: return canonical_.add(member.value);
    }
  }

  void add_metadata(JsonValue metadata) {
    if (!metadata.is_object()) return canonical_.add(metadata);
    canonical_.add_object(metadata, [this](const JsonField& member) {
      canonical_.add_key(member);
      if (!member.value.is_string() || !says(member.raw_key, "user_id")) return canonical_.add(member.value);
      canonical_.add_placeholder(kUserId);
      user_ids_.push_back(member.value.text());
    });
  }

  CanonicalJson canonical_;
  bool include_max_tokens_;
  std::vector<std::string_view> user_ids_;
};

// `body` may be held by `scratch`.
RequestSignature sign(const SignatureContext& context, const MessagesRequest& request, JsonValue body,
                      JsonDocument& scratch) {
  SignatureBuilder builder;
  builder.add("messages");
  builder.add(context.caller);
  builder.add(context.query);
  builder.add({reinterpret_cast<const char*>(context.routing_digest.data()), context.routing_digest.size()});
  builder.add(request.pinned_provider);
  builder.add(request.model);
  add_headers(builder, context.client_fields);
  BodyParts parts(builder, context.include_max_tokens);
  parts.add(body);
  // Last: they are documents of their own, and may be read in the memory that held the body.
  for (const std::string_view user_id : parts.user_ids()) add_user_identity(builder, user_id, scratch);
  return builder.finish();
}

}  // namespace

std::optional<RequestSignature> sign_messages_request(const SignatureContext& context, const MessagesRequest& request,
                                                      std::string_view body, JsonDocument& scratch) {
  std::optional<RequestSignature> signature;
  const auto root = scratch.read(body);
  if (root && root->is_object()) signature = sign(context, request, *root, scratch);
  scratch.release_if_large();
  return signature;
}

std::optional<RequestSignature> sign_messages_request(const SignatureContext& context, const MessagesRequest& request,
                                                      std::string_view body, const JsonObjectScanner& scanner,
                                                      JsonDocument& scratch) {
  const JsonValue root = scanner.scanned(body);
  if (!root) return sign_messages_request(context, request, body, scratch);
  if (check_escapes(body) == Escapes::kInvalid) return std::nullopt;
  const RequestSignature signature = sign(context, request, root, scratch);
  scratch.release_if_large();
  return signature;
}

}  // namespace balancer::gateway
