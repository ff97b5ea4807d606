// libFuzzer: what an API server answers. The first byte is the status, the second
// what was asked, the rest the body. Whatever comes, an answer that is no success
// is never taken, what nobody could say has a reason, and no value of the Secret
// that was sent comes back as the name of a field or in a comparison.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "cluster/answer.h"
#include "cluster/live_diff.h"
#include "cluster/managers.h"

namespace sluice::cluster {
namespace {

constexpr std::array kStatuses = {200, 201, 202, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503, 0};
constexpr std::string_view kValue = "correct-horse-battery-staple";

std::string SentJson(bool secret) {
  return secret
             ? R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","namespace":"shop"},"stringData":{"k":")" +
                   std::string(kValue) + R"("}})"
             : R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"shop",)"
               R"("labels":{"app.kubernetes.io/name":"x"}},"data":{"a":"b"},"list":[{"name":"a"},{"name":"b"}]})";
}

void Demand(bool holds) {
  if (!holds) std::abort();
}

void CheckAnswer(const DryRunAnswer& answer, int status, bool removal, bool secret) {
  if (answer.known == Known::kTaken) Demand(status == 200 || status == 201 || (removal && status == 404));
  if (answer.known == Known::kRefused) Demand(status >= 400 && !answer.causes.empty());
  if (answer.known == Known::kUnverified) Demand(!answer.reason.empty());
  for (const DryRunCause& cause : answer.causes) {
    Demand(!cause.message.empty());
    // Messages hold names of policies and webhooks, which may be anything.
    if (secret) Demand(cause.field.find(kValue) == cause.field.npos);
  }
}

void Run(int status, bool secret, bool removal, const std::string& body) {
  const JsonObject sent = ReadJsonObject(SentJson(secret)), live = ReadJsonObject(body);
  const std::string kind = secret ? "Secret" : "ConfigMap";
  const DryRunObject object{{"v1", kind, "shop", "x"}, removal, removal ? "" : SentJson(secret)};
  const Asked asked{&object, removal ? nullptr : sent.root, live.root, {}};
  const Understood understood = Understand(asked, {status, body, {body.substr(0, 100)}, "cut"});
  CheckAnswer(understood.answer, status, removal, secret);
  ApplierFor(live.root, {});
  if (live.root == nullptr) return;
  TakenOver(*sent.root, *live.root, *live.root, {"sluice", true});
  Discretion discretion;
  discretion.Add(sent.root);
  discretion.Add(live.root);
  const Compared compared = Compare(sent.root, live.root, discretion);
  if (secret) Demand(compared.live.find(kValue) == compared.live.npos);
}

}  // namespace
}  // namespace sluice::cluster

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::cluster;
  if (size < 2) return 0;
  const int status = kStatuses[data[0] % kStatuses.size()];
  Run(status, (data[1] & 1) != 0, (data[1] & 2) != 0,
      std::string(reinterpret_cast<const char*>(data) + 2, size - 2));
  return 0;
}
