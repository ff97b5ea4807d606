#include "net/certificate.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string_view>

namespace sluice::net {
namespace {

constexpr std::size_t kMaxText = 80;
constexpr int kMaxNames = 5;

std::string Printable(std::string_view text) {
  std::string safe;
  for (const char c : text.substr(0, kMaxText)) safe += c >= ' ' && c < 0x7f ? c : '?';
  return safe;
}

std::string NameWords(const X509_NAME* name) {
  char text[kMaxText + 1] = "";
  X509_NAME_oneline(name, text, sizeof text);
  return Printable(text[0] == '/' ? text + 1 : text);
}

std::string AlternativeName(const GENERAL_NAME& name) {
  int type = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(&name, &type));
  if (type != GEN_DNS && type != GEN_IPADD) return {};
  const unsigned char* data = ASN1_STRING_get0_data(value);
  const int size = ASN1_STRING_length(value);
  if (type == GEN_DNS)
    return Printable({reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)});
  char text[INET6_ADDRSTRLEN] = "";
  if (size == 4 || size == 16) inet_ntop(size == 4 ? AF_INET : AF_INET6, data, text, sizeof text);
  return text;
}

// "a.example, *.b.example, 10.0.0.1"
std::string NamesFor(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  std::string words;
  int shown = 0;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = AlternativeName(*sk_GENERAL_NAME_value(names.get(), i));
    if (name.empty()) continue;
    if (++shown > kMaxNames) return words + ", …";
    words += (words.empty() ? "" : ", ") + name;
  }
  return words;
}

std::string TimeText(const ASN1_TIME* time) {
  std::tm parts{};
  char text[40] = "an unreadable time";
  if (ASN1_TIME_to_tm(time, &parts) == 1) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string Mismatch(const X509* certificate, const std::string& wanted) {
  const std::string names = NamesFor(certificate);
  if (names.empty()) return "the certificate names no host (no subjectAltName), expected " + wanted;
  return "the certificate is for " + names + ", not for " + wanted;
}

}  // namespace

std::string CertificateProblem(int error, const x509_st* certificate, const std::string& wanted) {
  if (!certificate) return std::string("the certificate: ") + X509_verify_cert_error_string(error);
  const std::string subject = NameWords(X509_get_subject_name(certificate));
  const std::string issuer = NameWords(X509_get_issuer_name(certificate));
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Mismatch(certificate, wanted);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the certificate of " + subject + " expired at " + TimeText(X509_get0_notAfter(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the certificate of " + subject + " is not valid before " +
             TimeText(X509_get0_notBefore(certificate));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "the certificate of " + subject + " is self-signed and not among the trusted ones";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "the certificate is signed by an unknown authority (" + issuer + ")";
    case X509_V_ERR_INVALID_PURPOSE:
      return "the certificate of " + subject + " is not for a server";
    default:
      return "the certificate of " + subject + ": " + X509_verify_cert_error_string(error);
  }
}

}  // namespace sluice::net
