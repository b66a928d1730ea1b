#include "common/tls/tls_flags.hpp"

#include <CLI/CLI.hpp>

#include <cctype>

namespace balancer::tls {
namespace {

CLI::Option* add_file(CLI::App& app, const FlagNames& names, const std::string& name, const std::string& help,
                      std::string& file) {
  std::string variable = names.variable_prefix + "_";
  for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return app.add_option(names.prefix + "-" + name, file, help)->envname(variable)->type_name("FILE");
}

}  // namespace

void add_identity_flags(CLI::App& app, const FlagNames& names, const std::string& certificate_help, Files& files) {
  CLI::Option* const certificate = add_file(app, names, "certificate", certificate_help, files.certificate);
  CLI::Option* const key =
      add_file(app, names, "key", "The certificate's key: PEM, no passphrase, readable by its owner only", files.key);
  certificate->needs(key);
  key->needs(certificate);
}

void add_authorities_flag(CLI::App& app, const FlagNames& names, const std::string& name, const std::string& help,
                          Files& files) {
  add_file(app, names, name, help, files.authorities);
}

}  // namespace balancer::tls
