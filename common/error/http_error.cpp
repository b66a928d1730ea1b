#include "common/error/http_error.hpp"

#include <nlohmann/json.hpp>

namespace balancer {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json envelope(std::string_view type, std::string_view message, std::string_view request_id) {
  return {{"type", "error"}, {"error", {{"type", type}, {"message", message}}}, {"request_id", request_id}};
}

}  // namespace

HttpErrorForm http_form(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidRequest: return {400, "invalid_request_error"};
    case ErrorCode::kAuthentication: return {401, "authentication_error"};
    case ErrorCode::kBilling: return {402, "billing_error"};
    case ErrorCode::kPermission: return {403, "permission_error"};
    case ErrorCode::kNotFound: return {404, "not_found_error"};
    case ErrorCode::kMethodNotAllowed: return {405, "invalid_request_error"};
    case ErrorCode::kRequestTimeout: return {408, "timeout_error"};
    case ErrorCode::kConflict: return {409, "conflict_error"};
    case ErrorCode::kRequestTooLarge: return {413, "request_too_large"};
    case ErrorCode::kUriTooLong: return {414, "invalid_request_error"};
    case ErrorCode::kUnsupportedCoding: return {415, "invalid_request_error"};
    case ErrorCode::kExpectationFailed: return {417, "invalid_request_error"};
    case ErrorCode::kRateLimited: return {429, "rate_limit_error"};
    case ErrorCode::kHeadersTooLarge: return {431, "invalid_request_error"};
    case ErrorCode::kInternal: return {500, "api_error"};
    case ErrorCode::kNotImplemented: return {501, "invalid_request_error"};
    case ErrorCode::kBadGateway: return {502, "api_error"};
    case ErrorCode::kUnavailable: return {503, "api_error"};
    case ErrorCode::kGatewayTimeout: return {504, "timeout_error"};
    case ErrorCode::kLoopDetected: return {508, "api_error"};
    case ErrorCode::kOverloaded: return {529, "overloaded_error"};
  }
  return {500, "api_error"};
}

std::string_view anthropic_error_type(int status) {
  switch (status) {
    case 400: case 405: case 414: case 417: case 422: case 431: return "invalid_request_error";
    case 401: return "authentication_error";
    case 402: return "billing_error";
    case 403: return "permission_error";
    case 404: return "not_found_error";
    case 408: case 504: return "timeout_error";
    case 409: return "conflict_error";
    case 413: return "request_too_large";
    case 429: return "rate_limit_error";
    case 503: case 529: return "overloaded_error";
    default: return "api_error";
  }
}

std::string anthropic_error_body(std::string_view type, std::string_view message, std::string_view request_id,
                                 std::string_view detail_code) {
  Json body = envelope(type, message, request_id);
  if (!detail_code.empty()) body["error"]["details"] = {{"error_code", detail_code}};
  return dump(body);
}

std::string anthropic_error_body(const Error& error, std::string_view request_id) {
  return anthropic_error_body(http_form(error.code).type, error.message, request_id, error.detail_code);
}

std::string shared_error_body(const Error& error, std::string_view request_id) {
  Json body = envelope(http_form(error.code).type, error.message, request_id);
  body["error"]["param"] = nullptr;
  body["error"]["code"] = nullptr;
  return dump(body);
}

}  // namespace balancer
