// Every member is required and of its own type, every word is one of a table:
// what is odd was not written here. Tested by tests/hooks/cluster_protocol_test.cc.
#include "hooks/cluster_protocol.h"

#include <algorithm>
#include <limits>
#include <span>

#include "manifests/document.h"
#include "report/json_writer.h"

namespace sluice::hooks {
namespace {

using manifests::Node;
using manifests::NodeKind;
using report::JsonWriter;

constexpr std::uint64_t kVersion = 1;

template <class T>
struct Word {
  std::string_view name;
  T value;
};
constexpr Word<Known> kKnown[] = {{"taken", Known::kTaken},
                                  {"refused", Known::kRefused},
                                  {"offline", Known::kOffline},
                                  {"unverified", Known::kUnverified}};
constexpr Word<Effect> kEffects[] = {{"none", Effect::kNone},         {"created", Effect::kCreated},
                                     {"updated", Effect::kUpdated},   {"unchanged", Effect::kUnchanged},
                                     {"replaced", Effect::kReplaced}, {"deleted", Effect::kDeleted}};
constexpr Word<ErrorKind> kErrors[] = {{"failed", ErrorKind::kFailed},
                                       {"notFound", ErrorKind::kNotFound},
                                       {"usage", ErrorKind::kUsage},
                                       {"configuration", ErrorKind::kConfiguration},
                                       {"limit", ErrorKind::kLimit}};

template <class T, std::size_t N>
std::string_view NameIn(const Word<T> (&words)[N], T value) {
  for (const Word<T>& word : words) {
    if (word.value == value) return word.name;
  }
  return {};
}

// Reads members until one is not as it must be; from then on everything is empty.
class Reader {
 public:
  const Node& Member(const Node& mapping, std::string_view name, NodeKind kind) {
    static const Node kNothing;
    const Node* const member = mapping.Find(name);
    if (member != nullptr && member->kind == kind) return *member;
    failed_ = true;
    return kNothing;
  }
  std::string Text(const Node& mapping, std::string_view name) {
    return std::string(Member(mapping, name, NodeKind::kString).text);
  }
  bool Flag(const Node& mapping, std::string_view name) {
    return Member(mapping, name, NodeKind::kBool).value.boolean;
  }
  std::int64_t Number(const Node& mapping, std::string_view name, std::int64_t most) {
    const Node& node = Member(mapping, name, NodeKind::kInteger);
    const bool fits = !node.is_unsigned && node.value.integer >= 0 && node.value.integer <= most;
    failed_ |= !fits;
    return fits ? node.value.integer : 0;
  }
  std::span<const Node> List(const Node& mapping, std::string_view name) {
    return Member(mapping, name, NodeKind::kSequence).children;
  }
  template <class T, std::size_t N>
  T One(const Node& mapping, std::string_view name, const Word<T> (&words)[N]) {
    const std::string text = Text(mapping, name);
    for (const Word<T>& word : words) {
      if (word.name == text) return word.value;
    }
    failed_ = true;
    return words[0].value;
  }
  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

// One mapping of this version; null else.
const Node* RootOf(const manifests::ParsedFile& file) {
  if (!file.Readable() || file.documents.size() != 1) return nullptr;
  const Node& root = *file.documents[0].root;
  const Node* const version = root.Find("version");
  const bool ours = version != nullptr && version->kind == NodeKind::kInteger &&
                    version->value.integer == static_cast<std::int64_t>(kVersion);
  return ours ? &root : nullptr;
}

manifests::ParsedFile ParseJson(std::string bytes, std::size_t most) {
  Limits limits;
  limits.file_bytes = most;
  limits.expansion_nodes = most / 8;  // no node is shorter than that in what we write
  return manifests::Parse("", std::move(bytes), limits);
}

void WriteCauses(const std::vector<DryRunCause>& causes, JsonWriter& json) {
  json.Key("causes").BeginArray();
  for (const DryRunCause& cause : causes) {
    json.BeginObject().Member("rule", cause.rule).Member("field", cause.field);
    json.Member("message", cause.message).EndObject();
  }
  json.EndArray();
}

void WriteAnswer(const DryRunAnswer& answer, JsonWriter& json) {
  json.Line().BeginObject().Member("known", NameIn(kKnown, answer.known));
  json.Member("effect", NameIn(kEffects, answer.effect));
  WriteCauses(answer.causes, json);
  json.Member("reason", answer.reason).Member("live", answer.live).Member("taken", answer.taken).EndObject();
}

DryRunAnswer ReadAnswer(const Node& node, Reader& reader) {
  DryRunAnswer answer;
  answer.known = reader.One(node, "known", kKnown);
  answer.effect = reader.One(node, "effect", kEffects);
  for (const Node& cause : reader.List(node, "causes")) {
    answer.causes.push_back(
        {reader.Text(cause, "rule"), reader.Text(cause, "field"), reader.Text(cause, "message")});
  }
  answer.reason = reader.Text(node, "reason");
  answer.live = reader.Text(node, "live");
  answer.taken = reader.Text(node, "taken");
  return answer;
}

Error ReadError(const Node& node, Reader& reader) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  Error error{reader.One(node, "kind", kErrors), reader.Text(node, "message"), reader.Text(node, "file"), {}};
  error.at.line = static_cast<std::uint32_t>(reader.Number(node, "line", kMost));
  error.at.column = static_cast<std::uint32_t>(reader.Number(node, "column", kMost));
  return error;
}

Error Malformed() { return Failed("the answer of sluice-cluster is not one"); }

}  // namespace

std::string Encode(const DryRunRequest& request) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Member("version", kVersion).Member("cluster", request.cluster);
  json.Member("milliseconds",
              static_cast<std::uint64_t>(std::max<std::int64_t>(0, request.deadline.count())));
  json.Key("compare").Bool(request.compare).Key("objects").BeginArray();
  for (const DryRunObject& object : request.objects) {
    json.Line().BeginObject().Member("apiVersion", object.name.api_version);
    json.Member("kind", object.name.kind).Member("namespace", object.name.ns);
    json.Member("name", object.name.name).Key("removal").Bool(object.removal);
    json.Member("json", object.json).EndObject();
  }
  json.EndArray().EndObject();
  return out;
}

Result<DryRunRequest> DecodeRequest(std::string bytes) {
  constexpr std::int64_t kMostMilliseconds = 24 * 3'600'000;
  const manifests::ParsedFile file = ParseJson(std::move(bytes), kMaxQuestionBytes);
  const Node* const root = RootOf(file);
  if (root == nullptr) return Failed("the question to the cluster is not one");
  Reader reader;
  DryRunRequest request;
  request.cluster = reader.Text(*root, "cluster");
  request.deadline = std::chrono::milliseconds(reader.Number(*root, "milliseconds", kMostMilliseconds));
  request.compare = reader.Flag(*root, "compare");
  for (const Node& node : reader.List(*root, "objects")) {
    request.objects.push_back({{reader.Text(node, "apiVersion"), reader.Text(node, "kind"),
                                reader.Text(node, "namespace"), reader.Text(node, "name")},
                               reader.Flag(node, "removal"),
                               reader.Text(node, "json")});
  }
  if (reader.failed()) return Failed("the question to the cluster is not one");
  return request;
}

std::string Encode(const Result<DryRunReply>& reply) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject().Member("version", kVersion);
  if (!reply) {
    const Error& error = reply.error();
    json.Key("error").BeginObject().Member("kind", NameIn(kErrors, error.kind));
    json.Member("message", error.message).Member("file", error.file);
    json.Member("line", error.at.line).Member("column", error.at.column).EndObject();
  } else {
    json.Member("minor", reply->minor).Member("trouble", reply->trouble).Key("answers").BeginArray();
    for (const DryRunAnswer& answer : reply->answers) WriteAnswer(answer, json);
    json.EndArray();
  }
  json.EndObject();
  return out;
}

Result<DryRunReply> DecodeReply(std::string bytes, std::size_t objects) {
  const manifests::ParsedFile file = ParseJson(std::move(bytes), kMaxComparisonBytes);
  const Node* const root = RootOf(file);
  if (root == nullptr) return Malformed();
  Reader reader;
  if (const Node* const error = root->Find("error")) {
    const Error read = ReadError(*error, reader);
    return reader.failed() ? Malformed() : read;
  }
  DryRunReply reply{reader.Text(*root, "minor"), reader.Text(*root, "trouble"), {}};
  const std::span<const Node> answers = reader.List(*root, "answers");
  if (answers.size() != objects) return Malformed();
  reply.answers.reserve(objects);
  for (const Node& answer : answers) reply.answers.push_back(ReadAnswer(answer, reader));
  if (reader.failed()) return Malformed();
  return reply;
}

}  // namespace sluice::hooks
