// What is signed is the commit without its signature's header, so the header is cut
// out of the bytes as they stand and nothing is written anew. Tested by
// tests/promotion/commit_signer_test.cc.
#include "promotion/commit_signer.h"

#include <optional>

#include "crypto/signature.h"

namespace sluice::promotion {
namespace {

constexpr std::string_view kNamespace = "git";

// A header with the lines that go on from it, which begin with a blank.
struct Header {
  std::string_view name;
  std::size_t begin = 0, end = 0;
};

std::optional<Header> NextHeader(std::string_view commit, std::size_t at) {
  const std::size_t line = commit.find('\n', at);
  if (line == commit.npos || line == at) return std::nullopt;  // the blank line before the message
  Header header{commit.substr(at, line - at), at, line + 1};
  header.name = header.name.substr(0, header.name.find(' '));
  while (header.end < commit.size() && commit[header.end] == ' ') {
    const std::size_t next = commit.find('\n', header.end);
    if (next == commit.npos) return std::nullopt;
    header.end = next + 1;
  }
  return header;
}

struct SignedCommit {
  std::string armour, payload;
};

// Lines that go on lose the blank that they begin with.
std::string ValueOf(std::string_view commit, const Header& header) {
  std::string value;
  std::string_view rest = commit.substr(header.begin + header.name.size() + 1,
                                        header.end - header.begin - header.name.size() - 1);
  while (!rest.empty()) {
    const std::size_t line = rest.find('\n') + 1;
    value += rest.substr(0, line);
    rest.remove_prefix(line);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return value;
}

std::optional<SignedCommit> Split(std::string_view commit, std::string_view name) {
  std::optional<Header> found;
  std::size_t at = 0;
  while (const std::optional<Header> header = NextHeader(commit, at)) {
    at = header->end;
    if (!header->name.starts_with("gpgsig")) continue;
    if (found || header->name != name) return std::nullopt;
    found = header;
  }
  if (!found || found->end - found->begin <= name.size() + 1) return std::nullopt;
  SignedCommit split{ValueOf(commit, *found), std::string(commit.substr(0, found->begin))};
  split.payload += commit.substr(found->end);
  return split;
}

}  // namespace

std::string CommitSigner(std::string_view commit, HashKind hash, const crypto::AllowedSigners& signers,
                         const People& people, std::int64_t time) {
  const auto split = Split(commit, hash == HashKind::kSha256 ? "gpgsig-sha256" : "gpgsig");
  if (!split) return {};
  const Result<crypto::Signature> signature = crypto::ReadArmour(split->armour);
  if (!signature || !crypto::Verify(*signature, kNamespace, split->payload)) return {};
  const auto is_theirs = [&](const std::string& principal) {
    return static_cast<bool>(crypto::FindSigner(signers, {signature->key, principal, kNamespace, time}));
  };
  for (const Person& person : people.people) {
    if (person.keys.empty() && is_theirs(person.name)) return person.name;
    for (const Named& key : person.keys)
      if (is_theirs(key.name)) return key.name;
  }
  return {};
}

}  // namespace sluice::promotion
