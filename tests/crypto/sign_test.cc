// Signing by ssh-keygen: keys without and with a passphrase, an agent, and what
// happens where nobody can be asked.
#include "crypto/sign.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "crypto/signature.h"
#include "tests/catch.h"
#include "tests/crypto/ssh_keygen.h"

namespace sluice::crypto {
namespace {

constexpr char kNamespace[] = "sluice-approval";

bool HoldsFor(const Result<std::string>& blob, std::string_view message) {
  if (!blob) return false;
  const Result<Signature> signature = ReadSignature(*blob);
  return signature && Verify(*signature, kNamespace, message);
}

TEST_CASE("ssh-keygen signs, in one spelling") {
  if (!HasSshKeygen()) return;
  const Workshop workshop;
  REQUIRE(workshop.MakeKey("key", {"-t", "ed25519"}));
  const Result<std::string> blob = Sign("message", {.key_file = workshop.path() + "/key", .ns = kNamespace});
  CHECK(HoldsFor(blob, "message"));
  CHECK_FALSE(HoldsFor(blob, "messagf"));
  CHECK(SignatureBlob(*ReadSignature(*blob)) == *blob);
}

TEST_CASE("where nothing can be signed, the reason is ssh-keygen's") {
  if (!HasSshKeygen()) return;
  const Workshop workshop;
  REQUIRE(workshop.Run({"-q", "-t", "ed25519", "-N", "secret", "-f", "locked"}) == 0);
  const auto why = [&](SignOptions options) {
    options.ns = kNamespace;
    const Result<std::string> blob = Sign("message", options);
    return blob ? "" : blob.error().message;
  };
  CHECK(why({.key_file = workshop.path() + "/none"}).find("No such file") != std::string::npos);
  CHECK(why({.key_file = workshop.path() + "/locked"}).find("did not sign with") != std::string::npos);
  CHECK(why({.program = "/none/ssh-keygen", .key_file = workshop.path() + "/locked"}).find("cannot start") !=
        std::string::npos);
  CHECK_FALSE(why({.program = "/bin/true", .key_file = "key"}).empty());
}

// Reads from the terminal until `text` came; false where it ended before.
bool ReadUntil(int terminal, const std::string& text) {
  std::string read_so_far;
  char buffer[256];
  for (;;) {
    pollfd waits = {terminal, POLLIN, 0};
    if (poll(&waits, 1, 30'000) <= 0) return false;
    const ssize_t count = read(terminal, buffer, sizeof buffer);
    if (count <= 0) return false;
    read_so_far.append(buffer, static_cast<std::size_t>(count));
    if (read_so_far.find(text) != std::string::npos) return true;
  }
}

int SignAtTerminal(const std::string& key_file, const std::string& passphrase) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto blob = Sign("message", {.key_file = key_file, .ns = kNamespace, .may_ask = true});
    _exit(HoldsFor(blob, "message") && tcgetpgrp(0) == getpgrp() ? 0 : 1);
  }
  CHECK(ReadUntil(terminal, "passphrase"));
  const std::string line = passphrase + "\n";
  CHECK(write(terminal, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  while (ReadUntil(terminal, "passphrase"))  // asked again, after a wrong one
    CHECK(write(terminal, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  close(terminal);
  return status;
}

TEST_CASE("a passphrase is asked for at the terminal, which we get back") {
  if (!HasSshKeygen()) return;
  const Workshop workshop;
  REQUIRE(workshop.Run({"-q", "-t", "ed25519", "-N", "secret", "-f", "locked"}) == 0);
  unsetenv("SSH_ASKPASS");
  unsetenv("DISPLAY");
  CHECK(SignAtTerminal(workshop.path() + "/locked", "secret") == 0);
  CHECK(SignAtTerminal(workshop.path() + "/locked", "wrong") != 0);
}

}  // namespace
}  // namespace sluice::crypto
