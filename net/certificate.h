// What a certificate says, in words for messages. It is hostile text: bounded,
// and only printable ASCII comes through.
#pragma once

#include <string>

struct x509_st;

namespace sluice::net {

// What is wrong with the certificate at hand. `error` is one of OpenSSL's
// X509_V_ERR_…; `wanted` the name that was asked for.
std::string CertificateProblem(int error, const x509_st* certificate, const std::string& wanted);

}  // namespace sluice::net
