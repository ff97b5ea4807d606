// Our judgement of signatures and of files of allowed signers against that of
// `ssh-keygen -Y verify`: every type of key that it can make, security keys in
// software, and mutants of all that a judge reads. SLUICE_MUTANTS=5000 asks for
// more of them, SLUICE_SEED for those of an earlier run.
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <iostream>
#include <random>

#include "crypto/base64.h"
#include "crypto/sign.h"
#include "crypto/signature.h"
#include "crypto/wire.h"
#include "tests/catch.h"
#include "tests/crypto/security_key.h"
#include "tests/crypto/ssh_keygen.h"

namespace sluice::crypto {
namespace {

constexpr char kNamespace[] = "sluice-approval";
constexpr char kMessage[] = "DSSEv1 4 type 7 payload";
constexpr std::int64_t kNow = 1'790'000'000;  // 2026-09-21

struct Maker {
  const char* name;
  std::vector<std::string> words;
};

const std::vector<Maker>& Makers() {
  static const std::vector<Maker> makers = {
      {"ed25519", {"-t", "ed25519"}},           {"p256", {"-t", "ecdsa", "-b", "256"}},
      {"p384", {"-t", "ecdsa", "-b", "384"}},   {"p521", {"-t", "ecdsa", "-b", "521"}},
      {"rsa1024", {"-t", "rsa", "-b", "1024"}}, {"rsa2048", {"-t", "rsa", "-b", "2048"}}};
  return makers;
}

std::string Line(const std::string& principals, const std::string& options, const std::string& key) {
  return principals + (options.empty() ? " " : " " + options + " ") + key + " a comment\n";
}

// One right question for each type of key, bare and certified.
class Questions {
 public:
  Questions() {
    for (const Maker& maker : Makers()) REQUIRE(workshop_.MakeKey(maker.name, maker.words));
    for (const Maker& maker : Makers()) {
      for (const char* hash : {"sha256", "sha512"}) Add(maker.name, hash);
      AddCertified(maker.name);
    }
    for (const char* type : {"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"})
      for (const char* application : {"ssh:", "", "ssh:sluice"}) AddSecurityKey(type, application);
  }

  const Workshop& workshop() const { return workshop_; }
  const std::vector<Question>& all() const { return all_; }

 private:
  void Add(const std::string& name, const std::string& hash) {
    const std::string armour = workshop_.SignWith(name, kNamespace, kMessage, hash);
    const std::string other = workshop_.PublicKeyOf(name == "p256" ? "ed25519.pub" : "p256.pub");
    const std::string signers =
        "# who may\n\n" + Line("*@other.example", "", other) +
        Line("ana,!eva,b?n", "namespaces=\"git,sluice-*\"", workshop_.PublicKeyOf(name + ".pub"));
    all_.push_back({kMessage, armour, signers, "", "ana", kNamespace, kNow});
    all_.push_back({kMessage, armour, signers, "# gone\n" + other + " x\n", "ben", kNamespace, kNow});
  }

  void AddCertified(const std::string& name) {
    const std::string ca = name == "rsa2048" ? "p384" : "rsa2048";
    workshop_.Certify(ca, name, "ana,ops", {"-V", "20250101:20350101"});
    const std::string armour = workshop_.SignWith(name + "-cert.pub", kNamespace, kMessage, "sha512");
    all_.push_back({kMessage, armour, Line("ana,ops", "cert-authority", workshop_.PublicKeyOf(ca + ".pub")),
                    "", "ops", kNamespace, kNow});
    all_.push_back({kMessage, armour,
                    Line("ana", "valid-after=\"20260101\",valid-before=\"20270101Z\"",
                         workshop_.PublicKeyOf(name + "-cert.pub")),
                    "", "ana", kNamespace, kNow});
  }

  void AddSecurityKey(const std::string& type, const std::string& application) {
    const SecurityKey key(type, application);
    for (const int flags : {0, 1, 5})
      all_.push_back({kMessage, key.Sign(kNamespace, kMessage, static_cast<std::uint8_t>(flags), 7),
                      Line("ana", "", key.Line()), "", "ana", kNamespace, kNow});
  }

  Workshop workshop_;
  std::vector<Question> all_;
};

const Questions& TheQuestions() {
  static const Questions questions;
  return questions;
}

TEST_CASE("each type of key that ssh-keygen makes is taken by both, and security keys") {
  if (!HasSshKeygen()) return;
  std::string why;
  for (const Question& question : TheQuestions().all()) {
    INFO(question.signers);
    CHECK(TheQuestions().workshop().Accepts(question));
    CHECK(WeAccept(question, why));
    INFO(why);
    CHECK(why.empty());
  }
}

TEST_CASE("what ssh-keygen signs for us, it takes from us") {
  if (!HasSshKeygen()) return;
  const Workshop& workshop = TheQuestions().workshop();
  for (const Maker& maker : Makers()) {
    const Result<std::string> blob =
        Sign(kMessage, {.key_file = workshop.path() + "/" + maker.name, .ns = kNamespace});
    REQUIRE(blob);
    const Question question = {
        kMessage, Armour(*blob), Line("ana", "", workshop.PublicKeyOf(std::string(maker.name) + ".pub")),
        "",       "ana",         kNamespace,
        kNow};
    CHECK(workshop.Accepts(question));
  }
}

// The blob's line of a nistp256 point with this x, or the next that is on the curve.
std::string LineOfPoint(const EC_GROUP* group, BIGNUM* x) {
  EC_POINT* point = EC_POINT_new(group);
  while (EC_POINT_set_compressed_coordinates(group, point, x, 0, nullptr) != 1) BN_add_word(x, 1);
  unsigned char bytes[65];
  REQUIRE(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, bytes, sizeof bytes, nullptr) ==
          65);
  EC_POINT_free(point);
  const std::string type = "ecdsa-sha2-nistp256";
  return type + " " +
         ToBase64(WireString(type) + WireString("nistp256") +
                  WireString({reinterpret_cast<char*>(bytes), 65}));
}

TEST_CASE("points whose coordinates are short or past the order are no keys") {
  if (!HasSshKeygen()) return;
  const Workshop& workshop = TheQuestions().workshop();
  EC_GROUP* group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  BIGNUM* const starts[] = {BN_new(), BN_dup(EC_GROUP_get0_order(group)), BN_dup(EC_GROUP_get0_order(group))};
  BN_set_word(starts[0], 5);
  BN_rshift1(starts[2], starts[2]);  // nothing wrong with this one
  for (BIGNUM* x : starts) {
    const bool sound = x == starts[2];
    const std::string line = LineOfPoint(group, x);
    workshop.Write("point.pub", line + "\n");
    CHECK((workshop.Run({"-l", "-f", "point.pub"}) == 0) == sound);
    CHECK(static_cast<bool>(ReadPublicKeyLine(line)) == sound);
    BN_free(x);
  }
  EC_GROUP_free(group);
}

TEST_CASE("certificates speak for users, for whom they name, from one second to another") {
  if (!HasSshKeygen()) return;
  const Workshop workshop;
  constexpr std::int64_t
      kFirst = 1'767'222'000,
      kEnd = 1'782'860'400;  // 1 January and 1 July 2026 in kZone, without summer time, as mktime is asked
  for (const char* name : {"ca", "user", "host", "nobody"})
    REQUIRE(workshop.MakeKey(name, {"-t", "ed25519"}));
  const std::vector<std::string> validity = {"-V", "20260101000000:20260701000000"};
  workshop.Certify("ca", "user", "ana,ops", validity);
  workshop.Certify("ca", "host", "ana", {"-h", "-V", validity[1]});
  REQUIRE(workshop.Run({"-q", "-s", "ca", "-I", "id", "nobody.pub"}) == 0);
  const std::string signers = Line("*", "cert-authority", workshop.PublicKeyOf("ca.pub"));
  std::string why;
  std::size_t taken = 0;
  for (const char* name : {"user", "host", "nobody"}) {
    const std::string armour =
        workshop.SignWith(std::string(name) + "-cert.pub", kNamespace, kMessage, "sha256");
    for (const std::int64_t time : {kFirst - 1, kFirst, kNow, kEnd - 1, kEnd, kEnd + 1})
      for (const char* principal : {"ana", "ops", "eva", "a*"}) {
        const Question question = {kMessage, armour, signers, "", principal, kNamespace, time};
        const bool theirs = workshop.Accepts(question);
        INFO(name << " as " << principal << " at " << time);
        CHECK(WeAccept(question, why) == theirs);
        taken += theirs;
      }
  }
  CHECK(taken == 4);
}

using Random = std::mt19937_64;

std::size_t Below(Random& random, std::size_t bound) { return random() % std::max<std::size_t>(bound, 1); }

void MutateBytes(Random& random, std::string& bytes) {
  if (bytes.empty()) return;
  const std::size_t at = Below(random, bytes.size());
  switch (Below(random, 6)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(random, 8)));
      break;
    case 1:
      bytes[at] = static_cast<char>(random());
      break;
    case 2:
      bytes.erase(at, 1 + Below(random, 4));
      break;
    case 3:
      bytes.insert(at, 1, static_cast<char>(random()));
      break;
    case 4:
      bytes.resize(at);
      break;
    default:
      bytes.insert(at, bytes.substr(Below(random, bytes.size()), Below(random, 16)));
  }
}

// Lengths stay right, so that what is inside is looked at.
void MutateBlob(Random& random, std::string& armour) {
  const std::size_t start = armour.find('\n') + 1, end = armour.find("\n-----END");
  std::optional<std::string> blob = FromBase64(armour.substr(start, end - start), Blanks::kSkip);
  if (!blob) return;
  const std::size_t at = Below(random, blob->size());
  if (Below(random, 2) == 0) {
    MutateBytes(random, *blob);
  } else {
    (*blob)[at] = static_cast<char>((*blob)[at] ^ (1 << Below(random, 8)));
  }
  armour = Armour(*blob);
}

constexpr std::string_view kWords[] = {" ",
                                       "\t",
                                       ",",
                                       "!",
                                       "*",
                                       "?",
                                       "\"",
                                       "\\\"",
                                       "\r",
                                       "\n",
                                       "=",
                                       "#",
                                       "ana",
                                       "!ana",
                                       "a*",
                                       "cert-authority",
                                       "cert-authority,",
                                       "CERT-AUTHORITY",
                                       "namespaces=\"sluice-*\"",
                                       "namespaces=\"\"",
                                       "namespaces=\"!sluice-*,*\"",
                                       "Namespaces=\"sluice-approval\"",
                                       "valid-after=\"20200101\"",
                                       "valid-after=\"20260921162640Z\"",
                                       "valid-after=\"202609211826\"",
                                       "valid-before=\"20260921162639Z\"",
                                       "valid-before=\"20260921162640z\"",
                                       "valid-before=\"20300231UTC\"",
                                       "valid-before=\"2030 101\"",
                                       "valid-before=\"19690101Z\"",
                                       "no-touch-required",
                                       ",,",
                                       "ssh-ed25519",
                                       "ssh-rsa",
                                       "rsa-sha2-512",
                                       "AAAA",
                                       "\"ana\"",
                                       "\"a\"na",
                                       "a\"n\"a",
                                       "ana\"",
                                       "\v",
                                       "\f"};

void MutateText(Random& random, std::string& text) {
  if (Below(random, 4) == 0) return MutateBytes(random, text);
  const std::string_view word = kWords[Below(random, std::size(kWords))];
  // Mostly where words end, since there the grammar is.
  std::vector<std::size_t> places = {0, text.size()};
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == ' ' || text[at] == ',' || text[at] == '\n' || text[at] == '"')
      places.insert(places.end(), {at, at + 1});
  const std::size_t at = places[Below(random, places.size())];
  switch (Below(random, 4)) {
    case 0:
      text.insert(at, word);
      break;
    case 1:
      text.insert(at, std::string(word) + " ");
      break;
    case 2:
      text.insert(at, std::string(word) + ",");
      break;
    default:
      text.replace(at, std::min(text.size() - at, Below(random, 12)), word);
  }
}

Question Mutate(Random& random, Question question) {
  for (std::size_t i = 0; i <= Below(random, 3); ++i) {
    switch (Below(random, 12)) {
      case 0:
      case 1:
      case 2:
        MutateBlob(random, question.armour);
        break;
      case 3:
        MutateBytes(random, question.armour);
        break;
      case 4:
        MutateText(random, question.revoked);
        break;
      case 5:
        question.time += static_cast<std::int64_t>(Below(random, 3)) - 1;
        break;
      case 6:
        question.principal = Below(random, 2) == 0 ? "eva" : "ben";
        break;
      case 7:
        question.ns = Below(random, 2) == 0 ? "git" : "sluice-record";
        break;
      default:
        MutateText(random, question.signers);
    }
  }
  return question;
}

// What ssh-keygen takes and we refuse, by the reason that we give (docs/ledger.md,
// section 3). Nothing is the other way round.
bool IsStatedStrictness(const std::string& why) {
  for (const char* stated : {"one form", "of no type that is taken here"})
    if (why.find(stated) != std::string::npos) return true;
  return false;
}

// A CR after BEGIN is taken by us and from OpenSSH 9.6 on.
bool DependsOnVersion(const Question& question) {
  return question.armour.find("SIGNATURE-----\r") != std::string::npos;
}

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

TEST_CASE("mutants are judged as ssh-keygen judges them") {
  if (!HasSshKeygen()) return;
  const std::uint64_t seed = FromEnvironment("SLUICE_SEED", std::random_device{}());
  const std::uint64_t count = FromEnvironment("SLUICE_MUTANTS", 500);
  std::cout << "seed " << seed << '\n';
  Random random(seed);
  std::size_t taken = 0, stricter = 0;
  const std::vector<Question>& all = TheQuestions().all();
  for (std::uint64_t i = 0; i < count; ++i) {
    const Question question = Mutate(random, all[Below(random, all.size())]);
    if (question.message.empty() || DependsOnVersion(question)) continue;
    std::string why;
    const bool theirs = TheQuestions().workshop().Accepts(question), ours = WeAccept(question, why);
    taken += theirs;
    if (theirs && !ours && IsStatedStrictness(why)) {
      ++stricter;
      continue;
    }
    INFO("mutant " << i << " of seed " << seed << ": ssh-keygen " << theirs << ", we " << ours << " " << why);
    INFO(question.armour << question.signers << "revoked: " << question.revoked << "\nas "
                         << question.principal << " in " << question.ns << " at " << question.time);
    CHECK(theirs == ours);
  }
  std::cout << count << " mutants, " << taken << " taken by ssh-keygen, " << stricter
            << " of them refused as stated\n";
  CHECK(taken > count / 20);
}

}  // namespace
}  // namespace sluice::crypto
