// What metadata.user_id says of the user, without the session that it names.
#pragma once

#include <string_view>

#include "common/signature/signature_builder.hpp"
#include "gateway/dialect/json/json_document.hpp"

namespace balancer::gateway {

// `raw_user_id`: between its quotes. The session of both spellings (session_identity.hpp) is left out; any other text
// counts as it stands. Ends the validity of what `scratch` holds.
void add_user_identity(SignatureBuilder& builder, std::string_view raw_user_id, JsonDocument& scratch);

}  // namespace balancer::gateway
