// libFuzzer: all that is signed, and lists of digests. What is read is written
// again, byte for byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "promotion/approval.h"
#include "promotion/digest_list.h"
#include "promotion/freshness.h"
#include "promotion/object_path.h"
#include "promotion/outcome.h"
#include "promotion/record.h"
#include "promotion/trust.h"

namespace sluice::promotion {
namespace {

template <class Statement>
void Try(Result<Statement> (*read)(const std::string&, std::string),
         Result<std::string> (*write)(const Statement&), const std::string& text) {
  const Result<Statement> statement = read("it", text);
  if (!statement) return;
  const Result<std::string> again = write(*statement);
  if (!again || *again != text) std::abort();
}

void Run(const std::string& text) {
  Try<Record>(ReadRecord, RecordText, text);
  Try<PolicyRecord>(ReadPolicyRecord, PolicyRecordText, text);
  Try<Approval>(ReadApproval, ApprovalText, text);
  Try<Freshness>(ReadFreshness, FreshnessText, text);
  Try<Outcome>(ReadOutcome, OutcomeText, text);
  if (const Result<Trust> trust = ReadTrust("it", text); trust && *TrustText(*trust) != text) std::abort();
  if (const Result<DigestList> list = ReadDigestList("it", text); list && DigestListText(*list) != text)
    std::abort();
  if (const Result<ObjectId> object = ReadObjectPath(text); object && *ObjectPath(*object) != text)
    std::abort();
}

}  // namespace
}  // namespace sluice::promotion

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sluice::promotion::Run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
