// Commits that git signed with ssh-keygen, and what is done to them afterwards.
#include "promotion/commit_signer.h"

#include "crypto/signature.h"
#include "promotion/trust.h"
#include "tests/catch.h"
#include "tests/crypto/soft_key.h"
#include "tests/crypto/ssh_keygen.h"

namespace sluice::promotion {
namespace {

constexpr std::int64_t kNow = 1'795'000'000;

std::string Indented(const std::string& armour) {
  std::string text;
  for (const char c : armour.substr(0, armour.size() - 1))
    text += c == '\n' ? std::string("\n ") : std::string(1, c);
  return text + "\n";
}

struct Plan {
  std::string signer = "ana", ns = "git", header = "gpgsig", message = "what it does\n";
  bool twice = false;
};

class Commits {
 public:
  std::string Write(const Plan& plan) const {
    const std::string head = "tree " + std::string(40, '1') + "\nauthor Dan <dan@shop.example> 1 +0000\n" +
                             "committer Dan <dan@shop.example> 1 +0000\n";
    const std::string payload = head + "\n" + plan.message;
    const crypto::SoftKey& key = plan.signer == "ana" ? ana_ : eve_;
    const std::string signature = plan.header + " " + Indented(crypto::Armour(key.Sign(plan.ns, payload)));
    return head + signature + (plan.twice ? signature : "") + "\n" + plan.message;
  }
  std::string Signer(const std::string& commit, HashKind hash = HashKind::kSha1,
                     std::int64_t time = kNow) const {
    return CommitSigner(commit, hash, signers_, people_, time);
  }
  std::string SignerOf(const Plan& plan) const { return Signer(Write(plan)); }

 private:
  crypto::SoftKey ana_, eve_;
  crypto::AllowedSigners signers_ =
      *ReadPolicySigners("signers", "ana@shop.example namespaces=\"git\",valid-before=\"20301231Z\" " +
                                        ana_.Line() + "\neve namespaces=\"git\" " + eve_.Line() + "\n");
  People people_ = {{{"ana", {}, {}, {{"ana@shop.example"}}}, {"ben", {}, {}, {}}}, {}, {}};
};

TEST_CASE("a commit is signed by the person whose key it is") {
  const Commits commits;
  REQUIRE(commits.SignerOf({}) == "ana@shop.example");
  REQUIRE(commits.SignerOf({.message = "gpgsig in the message\n gpgsig x\n"}) == "ana@shop.example");
  REQUIRE(commits.Signer(commits.Write({.header = "gpgsig-sha256"}), HashKind::kSha256) ==
          "ana@shop.example");
}

TEST_CASE("what is not a good signature of a person is nobody's") {
  const Commits commits;
  const std::string good = commits.Write({});
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = good;
    return changed.replace(changed.find(from), from.size(), to);
  };
  const std::string wrong[] = {
      "",
      "tree x",
      good.substr(0, good.find("gpgsig")) + "\nunsigned\n",
      with("Dan", "Ben"),
      with("what it does", "what it did"),
      with("gpgsig", "gpgsig-sha256"),
      with("gpgsig", "gpgsignature"),
      with("SSH SIGNATURE", "PGP SIGNATURE"),
      with("\n\n", "\ngpgsig x\n\n"),
      with("\n\n", "\ngpgsig-sha256 x\n\n"),
      with("\n\n", "\nextra x\n\n"),
      commits.Write({.twice = true}),
      commits.Write({.signer = "eve"}),  // no person's key
      commits.Write({.ns = "sluice-approval"}),
      good.substr(0, good.find("gpgsig")) + "gpgsig\n\nwhat it does\n",
  };
  for (const std::string& commit : wrong) {
    CAPTURE(commit);
    REQUIRE(commits.Signer(commit).empty());
  }
  REQUIRE(commits.Signer(good, HashKind::kSha256).empty());
  REQUIRE(commits.Signer(good, HashKind::kSha1, kNow + 400'000'000).empty());
}

}  // namespace
}  // namespace sluice::promotion
