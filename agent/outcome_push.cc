// Tested by tests/agent/outcome_push_test.cc, and with a real hook by agent_test.py.
#include "agent/outcome_push.h"

#include <algorithm>
#include <array>

#include "agent/git_call.h"
#include "crypto/sign.h"
#include "git/object_writer.h"
#include "git/repository.h"
#include "promotion/envelope.h"

namespace sluice::agent {
namespace {

using promotion::Outcome;
using promotion::PayloadType;

constexpr PayloadType kType = PayloadType::kOutcome;
constexpr std::chrono::seconds kLongestPush{30};  // it is a few hundred bytes
constexpr std::string_view kFetched = "refs/sluice/fetched/outcome";
constexpr std::size_t kMostWords = 300;

// What git says of a ref that it did not move, and what that means; the first that fits.
struct Answer {
  std::string_view words;
  PushEnd end;
};
constexpr std::array<Answer, 5> kAnswers = {{
    {"[rejected] (stale info)", PushEnd::kOvertaken},
    {"[remote rejected] (failed to update ref)", PushEnd::kOvertaken},
    {"[remote rejected] (cannot lock ref", PushEnd::kOvertaken},
    {"[remote rejected]", PushEnd::kRefused},
    {"[rejected]", PushEnd::kOvertaken},
}};

bool SaysTheSame(const Outcome& a, const Outcome& b) {
  return a.record == b.record && a.sequence == b.sequence && a.kind == b.kind && a.since == b.since &&
         a.repository == b.repository;
}

// One line, without control characters.
std::string Printable(std::string line) {
  line.resize(std::min(line.size(), kMostWords));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string LineAt(const std::string& text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

// The last line of the other side that says an error, as our gate says how many and then
// which; else the first of all; empty: none.
std::string RemoteWords(const std::string& errors) {
  constexpr std::string_view kRemote = "remote: ";
  std::string first, error;
  for (std::size_t at = errors.find(kRemote); at != errors.npos; at = errors.find(kRemote, at + 1)) {
    const std::string line = Printable(LineAt(errors, at + kRemote.size()));
    if (line.starts_with("error: ")) error = line.substr(7);
    if (first.empty()) first = line;
  }
  return error.empty() ? first : error;
}

}  // namespace

Pushed EndOfPush(const std::string& output, const std::string& errors, const std::string& otherwise) {
  const std::size_t mark = output.rfind("!\t", 0) == 0 ? 0 : output.find("\n!\t");
  if (mark == output.npos) return {PushEnd::kNotDone, otherwise};
  const std::string line = LineAt(output, mark == 0 ? 0 : mark + 1);
  for (const Answer& answer : kAnswers) {
    const std::size_t at = line.find(answer.words);
    if (at == line.npos) continue;
    const std::string remote = RemoteWords(errors);
    return {answer.end, remote.empty() ? Printable(line.substr(at)) : remote};
  }
  return {PushEnd::kNotDone, otherwise};
}

OutcomePush::OutcomePush(const Configuration& configuration, std::string git_dir)
    : access_(configuration.repository),
      key_(configuration.outcome_key),
      git_dir_(std::move(git_dir)),
      ref_(promotion::OutcomeRef(configuration.cluster, configuration.environment)) {
  access_.deadline = std::min(access_.deadline, kLongestPush);
}

// Its signature is not asked: it is compared, and what replaces it is signed anew.
Result<OutcomePush::There> OutcomePush::ReadThere(const Oid& blob) const {
  There there{.blob = blob};
  const auto repository = git::Open({.git_dir = git_dir_});
  if (!repository) return repository.error();
  const Result<git::RawObject> object = (*repository)->Read(blob, promotion::LimitOf(kType));
  if (!object && object.error().kind == ErrorKind::kNotFound) return object.error();
  if (!object || object->type != git::ObjectType::kBlob) return there;
  const Result<promotion::Envelope> envelope = promotion::ReadEnvelope(ref_, kType, object->bytes);
  if (!envelope) return there;
  const Result<Outcome> outcome = promotion::ReadOutcome(ref_, envelope->payload);
  if (outcome) there.outcome = *outcome;
  there.key = envelope->signature.key.plain;
  return there;
}

Result<OutcomePush::There> OutcomePush::Ask() const {
  const GitCall call{access_, git_dir_};
  const Result<std::string> listed = RunGit(call, {"ls-remote", "--quiet", "--", access_.url, ref_});
  if (!listed) return listed.error();
  if (listed->empty()) return There();
  const Result<Oid> blob = Oid::FromHex(listed->substr(0, listed->find('\t')));
  if (!blob) return Failed("git ls-remote of " + access_.url + ": " + blob.error().message);
  const Result<There> known = ReadThere(*blob);
  if (known) return known;
  const Result<std::string> fetched = RunGit(
      call, {"fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
             "--refmap=", "--", access_.url, "+" + ref_ + ":" + std::string(kFetched)});
  if (!fetched) return fetched.error();
  return ReadThere(*blob);
}

Result<OutcomePush::Signed> OutcomePush::Sign(const Outcome& outcome) const {
  const Result<std::string> payload = promotion::OutcomeText(outcome);
  if (!payload) return payload.error();
  const Result<std::string> signature =
      crypto::Sign(promotion::SignedBytes(kType, *payload),
                   {.key_file = key_, .ns = std::string(promotion::NamespaceOf(kType))});
  if (!signature) return signature.error();
  const std::string text = promotion::EnvelopeText(kType, *payload, *signature);
  const Result<promotion::Envelope> envelope = promotion::ReadEnvelope(ref_, kType, text);
  if (!envelope) return envelope.error();
  const Result<Oid> blob = git::WriteBlob(git_dir_, text);
  if (!blob) return blob.error();
  return Signed{*blob, envelope->signature.key.plain};
}

Pushed OutcomePush::Send(const Oid& before, const Oid& blob) const {
  const std::string lease =
      "--force-with-lease=" + ref_ + ":" + (before.IsZero() ? std::string() : before.Hex());
  const Result<process::ChildResult> child = StartGit(
      {access_, git_dir_}, {"push", "--porcelain", lease, "--", access_.url, blob.Hex() + ":" + ref_});
  if (!child) return {PushEnd::kNotDone, child.error().Text()};
  if (child->exit_code == 0 && !child->timed_out) return {};
  return EndOfPush(child->output, child->error_output,
                   "git push to " + access_.url + ": " + GitWords(*child, access_));
}

Pushed OutcomePush::Push(Outcome outcome, std::int64_t now) {
  if (!there_) {
    const Result<There> there = Ask();
    if (!there) return {PushEnd::kNotDone, there.error().Text()};
    there_ = *there;
  }
  const bool same = there_->outcome && SaysTheSame(*there_->outcome, outcome);
  if (same && there_->key == own_key_) return {};
  outcome.made = std::max(now, outcome.since);
  if (there_->outcome) outcome.made = std::max(outcome.made, there_->outcome->made + 1);
  const Result<Signed> now_signed = Sign(outcome);
  if (!now_signed) return {PushEnd::kNotDone, now_signed.error().Text()};
  own_key_ = now_signed->key;
  if (same && there_->key == own_key_) return {};
  Pushed pushed = Send(there_->blob, now_signed->blob);
  there_.reset();
  if (pushed.end == PushEnd::kDone) there_ = There{now_signed->blob, std::move(outcome), own_key_};
  return pushed;
}

}  // namespace sluice::agent
