// The message is a file of a private directory: with its standard output and
// error left to the user, ssh-keygen writes the signature beside it. Tested by
// tests/crypto/sign_test.cc.
#include "crypto/sign.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include "crypto/signature.h"
#include "process/child.h"
#include "process/private_directory.h"

namespace sluice::crypto {
namespace {

std::vector<std::string> Environment(bool may_ask) {
  constexpr std::string_view kKept[] = {"HOME=", "PATH=", "TERM=", "DISPLAY=", "SSH_"};
  std::vector<std::string> kept = process::OwnEnvironment();
  std::erase_if(kept, [&](std::string_view text) {
    return std::none_of(std::begin(kKept), std::end(kKept),
                        [&](std::string_view name) { return text.starts_with(name); });
  });
  if (!may_ask) kept.emplace_back("SSH_ASKPASS=/bin/false"), kept.emplace_back("SSH_ASKPASS_REQUIRE=force");
  return kept;
}

// Its last line, which says what went wrong.
std::string LastLine(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const std::size_t start = text.find_last_of('\n');
  return start == std::string::npos ? text : text.substr(start + 1);
}

Error NotSigned(const process::ChildResult& result, const SignOptions& options) {
  if (result.timed_out) return Failed("ssh-keygen did not sign in time");
  const std::string why = LastLine(result.error_output);
  return Failed("ssh-keygen did not sign with " + options.key_file + (why.empty() ? "" : ": " + why));
}

}  // namespace

Result<std::string> Sign(std::string_view message, const SignOptions& options) {
  const Result<process::PrivateDirectory> directory = process::PrivateDirectory::Make();
  if (!directory) return directory.error();
  if (Status written = directory->Write("message", message); !written) return written.error();
  const std::string path = directory->path() + "/message";
  process::ChildOptions child;
  child.argv = {options.program, "-q", "-Y", "sign", "-f", options.key_file, "-n", options.ns, path};
  child.environment = Environment(options.may_ask);
  child.deadline = options.deadline;
  child.terminal = options.may_ask;
  child.where = options.may_ask ? process::Output::kInherit : process::Output::kCollect;
  const Result<process::ChildResult> result = process::Run(child);
  if (!result) return result.error();
  if (result->exit_code != 0) return NotSigned(*result, options);

  std::ifstream file(path + ".sig", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Result<Signature> signature = ReadArmour(text);
  if (!signature) return Failed("what ssh-keygen wrote is not a signature: " + signature.error().message);
  return SignatureBlob(*signature);
}

}  // namespace sluice::crypto
