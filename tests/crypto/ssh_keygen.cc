#include "tests/crypto/ssh_keygen.h"

#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>

#include "crypto/allowed_signers.h"
#include "crypto/revoked_keys.h"
#include "crypto/signature.h"
#include "process/child.h"
#include "tests/catch.h"

namespace sluice::crypto {
namespace {

process::PrivateDirectory MakeDirectory() {
  Result<process::PrivateDirectory> made = process::PrivateDirectory::Make();
  REQUIRE(made);
  return std::move(*made);
}

std::string TimeWord(std::int64_t time) {
  const std::time_t seconds = time;
  std::tm calendar{};
  gmtime_r(&seconds, &calendar);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &calendar);
  return text;
}

Status Judge(const Question& question) {
  Result<Signature> signature = ReadArmour(question.armour);
  if (!signature) return signature.error();
  if (auto held = Verify(*signature, question.ns, question.message, {.rsa_bits = 1024}); !held)
    return held.error();
  if (!question.revoked.empty()) {
    Result<RevokedKeys> revoked = ReadRevokedKeys(question.revoked);
    if (!revoked) return revoked.error();
    if (IsRevoked(*revoked, signature->key)) return Failed("revoked");
  }
  Result<AllowedSigners> signers = ReadAllowedSigners(question.signers);
  if (!signers) return signers.error();
  const auto found = FindSigner(*signers, {signature->key, question.principal, question.ns, question.time});
  if (!found) return found.error();
  return Ok{};
}

}  // namespace

bool HasSshKeygen() {
  setenv("TZ", kZone, 1);
  tzset();
  if (access(kSshKeygen, X_OK) == 0) return true;
  std::cout << "skipped: no ssh-keygen\n";
  return false;
}

Workshop::Workshop() : directory_(MakeDirectory()) {}

int Workshop::Run(std::vector<std::string> words, const std::string& input) const {
  process::ChildOptions options;
  options.argv = {kSshKeygen};
  options.argv.insert(options.argv.end(), words.begin(), words.end());
  options.environment = {std::string("TZ=") + kZone, "PATH=/usr/bin:/bin", "HOME=" + path()};
  options.directory = path();
  options.input = input;
  options.deadline = std::chrono::seconds(60);
  const Result<process::ChildResult> result = process::Run(options);
  REQUIRE(result);
  if (const char* loud = getenv("SLUICE_LOUD"); loud != nullptr) std::cout << result->error_output;
  return result->exit_code;
}

bool Workshop::MakeKey(const std::string& name, std::vector<std::string> words) const {
  words.insert(words.end(), {"-q", "-N", "", "-C", "", "-f", path() + "/" + name});
  return Run(std::move(words)) == 0;
}

void Workshop::Certify(const std::string& ca, const std::string& name, const std::string& principals,
                       std::vector<std::string> words) const {
  words.insert(words.end(), {"-q", "-s", ca, "-I", "id of " + name, "-n", principals, name + ".pub"});
  REQUIRE(Run(std::move(words)) == 0);
}

std::string Workshop::Read(const std::string& name) const {
  std::ifstream file(path() + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Workshop::Write(const std::string& name, std::string_view text) const {
  std::ofstream(path() + "/" + name, std::ios::binary | std::ios::trunc) << text;
}

std::string Workshop::PublicKeyOf(const std::string& file) const {
  const std::string text = Read(file);
  return text.substr(0, text.find_first_of(" \n", text.find(' ') + 1));
}

std::string Workshop::SignWith(const std::string& file, const std::string& ns, const std::string& message,
                               const std::string& hash) const {
  Write("message", message);
  unlink((path() + "/message.sig").c_str());
  REQUIRE(Run({"-q", "-Y", "sign", "-f", file, "-n", ns, "-O", "hashalg=" + hash, "message"}) == 0);
  return Read("message.sig");
}

bool Workshop::Accepts(const Question& question) const {
  Write("judged.sig", question.armour);
  Write("judged.signers", question.signers);
  std::vector<std::string> words = {"-Y", "verify",           "-f", "judged.signers",
                                    "-I", question.principal, "-n", question.ns,
                                    "-s", "judged.sig",       "-O", "verify-time=" + TimeWord(question.time)};
  if (!question.revoked.empty()) {
    Write("judged.revoked", question.revoked);
    words.insert(words.end(), {"-r", "judged.revoked"});
  }
  return Run(std::move(words), question.message) == 0;
}

bool WeAccept(const Question& question, std::string& why) {
  const Status judged = Judge(question);
  why = judged ? "" : judged.error().message;
  return static_cast<bool>(judged);
}

}  // namespace sluice::crypto
