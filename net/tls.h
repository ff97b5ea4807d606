// TLS 1.2 and 1.3 on any stream. The certificate of a server is checked as the
// Go programs of Kubernetes check it: chain, time, and the name or IP address in
// its subjectAltName (never the common name; a wildcard stands for one whole
// label). A certificate given as trusted is an anchor also where it is no CA's.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/stream.h"

struct ssl_ctx_st;

namespace sluice::net {

struct TlsOptions {
  std::string ca_pem{};               // trusted certificates; empty: those of the system
  std::string certificate_pem{};      // the client's, with its chain; empty: none
  std::string key_pem{};              // its private key, not encrypted
  std::string server_name{};          // expected in place of the URL's host, and sent (SNI)
  bool insecure_skip_verify = false;  // takes any certificate; only where the user wrote so
};

// Immutable, shared by connections and threads.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

// kUsage where PEM texts hold nothing usable or key and certificate do not match.
Result<TlsContext> MakeClientTls(const TlsOptions& options);
Result<TlsContext> MakeServerTls(const std::string& certificate_pem, const std::string& key_pem);

struct TlsPeer {
  std::string name;  // host name or IP address that the certificate must be for
  bool verify = true;
  bool offer_certificate = true;  // ours, where the context has one
};

// Shakes hands over `below`, as the client or as the server. kUntrusted says
// what was wrong with the certificate.
Failure ConnectTls(const TlsContext& context, const TlsPeer& peer, std::unique_ptr<Stream> below,
                   const Wait& wait, std::unique_ptr<Stream>& stream);
Failure AcceptTls(const TlsContext& context, std::unique_ptr<Stream> below, const Wait& wait,
                  std::unique_ptr<Stream>& stream);

}  // namespace sluice::net
