#include "common/tracing/collector_url.hpp"

#include <openssl/evp.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "common/snapshot/provider_url.hpp"

namespace balancer::tracing {
namespace {

namespace urls = boost::urls;

Error invalid(std::string message) { return {ErrorCode::kInvalidRequest, std::move(message), {}}; }

std::string base64(std::string_view text) {
  // EVP_EncodeBlock ends what it writes with a NUL.
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

}  // namespace

Result<CollectorUrl> parse_collector_url(std::string_view text) {
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return invalid("is not a URL; expected http://host:4318");
  const urls::url_view url = *parsed;
  if (url.has_fragment()) return invalid("must not have a fragment");
  const std::string path(url.encoded_path());
  // Boost.URL takes "80x" for port 80 and path "x".
  if (!path.empty() && path.front() != '/') return invalid("is not a URL; expected http://host:4318");

  const Result<ProviderUrl> origin =
      parse_provider_url(std::string(url.scheme()) + "://" + std::string(url.encoded_host_and_port()));
  if (!origin) return origin.error();

  CollectorUrl result;
  result.origin = *origin;
  result.path = path.empty() ? "/" : path;
  if (url.has_query()) result.query = Secret("?" + std::string(url.encoded_query()));
  if (url.has_userinfo()) result.authorization = Secret("Basic " + base64(url.user() + ":" + url.password()));
  return result;
}

std::string to_string(const CollectorUrl& url) {
  return (url.origin.tls ? "https://" : "http://") + authority(url.origin);
}

}  // namespace balancer::tracing
