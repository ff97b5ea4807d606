// Objects are paired as the gate pairs them when it asks whether a predecessor runs a
// version (folder_move.h): by group, kind and name, in any namespace. Elements of lists are
// paired by `name`. That the edits do what they should, and nothing else, is not argued
// but tried: the edited tree is built. Where files are copied too, what else changes is theirs
// to bring, and the gate's to ask about. Tested by tests/push/promote-folder.sh.
#include "gate/carry.h"

#include <algorithm>
#include <map>
#include <optional>

#include "gate/carried_versions.h"
#include "gate/carry_edit.h"
#include "gate/carry_paths.h"
#include "gate/examine.h"
#include "gate/folder_objects.h"
#include "git/changes.h"
#include "manifests/diff.h"
#include "promotion/chain_head.h"
#include "promotion/folder_paths.h"
#include "promotion/words.h"

namespace sluice::gate {

// A tree of the branch, and what the folder builds of it.
struct BuiltFolder {
  std::unique_ptr<FileTree> files;
  Facts facts;
  BuildSettings settings;
  std::optional<FolderObjects> objects{};
};

namespace {

using manifests::Node;
using manifests::Object;

constexpr std::size_t kObjectBytes = 3u << 20;
constexpr std::size_t kMostFields = 8;  // of one object, that are told

std::string WordsOf(const Object& object) {
  return std::string(object.kind) + " " + (object.ns.empty() ? "" : std::string(object.ns) + "/") +
         std::string(object.name);
}

std::string Json(const Node& node) {
  std::string text;
  manifests::CanonicalJson(node, text);
  return text;
}

// A text without its quotes, for people.
std::string Bare(const std::string& json) {
  return json.size() > 1 && json.front() == '"' ? json.substr(1, json.size() - 2) : json;
}

// Whatever the namespace.
std::string LikeKey(const Object& object) { return IdentityKey(object.group, object.kind, {}, object.name); }

// What the predecessor's newest record holds.
class Recorded {
 public:
  static Result<std::unique_ptr<Recorded>> Read(const CarryAsked& asked) {
    const auto policy = promotion::ReadPolicyHead(asked.repository);
    if (!policy) return policy.error();
    if (!*policy) return Usage("there is no ledger here: sluice ledger init begins one, on the server");
    auto head = promotion::ReadRecordHead(asked.repository, asked.from.name, **policy);
    if (!head) return head.error();
    if (!*head) return Usage(asked.from.name + " has run nothing yet: there is nothing to promote");
    std::unique_ptr<Recorded> recorded(new Recorded);
    recorded->head_ = **std::move(head);
    if (Status read = recorded->ReadObjects(asked); !read) return read.error();
    return recorded;
  }

  const promotion::RecordHeadOf& head() const { return head_; }
  const std::vector<const Object*>& all() const { return all_; }

  // Null where there is none, or several and none in that namespace.
  const Object* Like(const Object& object) const {
    const auto [begin, end] = by_name_.equal_range(LikeKey(object));
    if (begin == end) return nullptr;
    if (std::next(begin) == end) return begin->second;
    const auto same = std::find_if(begin, end, [&](const auto& one) { return one.second->ns == object.ns; });
    return same == end ? nullptr : same->second;
  }

 private:
  Recorded() = default;

  Status ReadObjects(const CarryAsked& asked) {
    const Result<Oid> tree = git::TreeOf(*asked.repository, head_.commit);
    if (!tree) return tree.error();
    const std::unique_ptr<FileTree> files = git::OpenTree(asked.repository, *tree);
    for (const promotion::ListedFile& listed : head_.objects) {
      const Result<RepoPath> path = RepoPath::Parse(listed.path);
      if (!path) return path.error();
      Result<std::string> text = files->Read(*path, kObjectBytes);
      if (!text) return text.error();
      if (promotion::DigestOf(*text) != listed.digest)
        return Failed(listed.path + " of the record of " + asked.from.name + " is not what it lists");
      Take(listed.path, *std::move(text));
    }
    return Ok{};
  }

  void Take(const std::string& path, std::string text) {
    files_.push_back(
        std::make_unique<manifests::ParsedFile>(manifests::Parse(path + ".json", std::move(text), Limits())));
    objects_.push_back(std::make_unique<manifests::ObjectList>(manifests::Objects(*files_.back(), Limits())));
    for (const Object& object : objects_.back()->objects) {
      all_.push_back(&object);
      by_name_.emplace(LikeKey(object), &object);
    }
  }

  promotion::RecordHeadOf head_;
  std::vector<std::unique_ptr<manifests::ParsedFile>> files_;
  std::vector<std::unique_ptr<manifests::ObjectList>> objects_;
  std::vector<const Object*> all_;
  std::multimap<std::string, const Object*> by_name_;
};

class Planner {
 public:
  Planner(const CarryAsked& asked, const Recorded& recorded, FolderObjects& mine, CarryPlan& plan)
      : asked_(asked),
        recorded_(recorded),
        mine_(mine),
        plan_(plan),
        entries_(ImageEntries(mine.Kustomizations())) {}

  Status Run(const Oid& tree) {
    for (const Object* object : mine_.all()) Compare(*object);
    for (const Object* object : recorded_.all())
      if (!paired_.contains(object))
        plan_.others.push_back(WordsOf(*object) + ": " + asked_.from.name + " alone has it");
    std::sort(plan_.others.begin(), plan_.others.end());
    return TakeEdits(tree);
  }

 private:
  void Compare(const Object& object) {
    const Object* const theirs = recorded_.Like(object);
    if (theirs == nullptr)
      return plan_.others.push_back(WordsOf(object) + ": " + asked_.environment.name + " alone has it");
    paired_.insert(theirs);
    const promotion::Carry& carry = asked_.environment.carry;
    std::map<std::string, const Node*> wanted;
    for (const CarriedVersion& version : VersionsIn(carry, *theirs)) wanted[version.place] = version.node;
    std::set<std::string> carried;
    for (const CarriedVersion& version : VersionsIn(carry, object)) {
      const auto found = wanted.find(version.place);
      if (found == wanted.end()) continue;
      carried.insert(version.field);
      const std::string before = Json(*version.node), after = Json(*found->second);
      if (before != after) Carry(object, version, *found->second, before, after);
    }
    TellOthers(*theirs, object, carried);
  }

  void Carry(const Object& object, const CarriedVersion& version, const Node& becomes,
             const std::string& before, const std::string& after) {
    CarriedValue value{
        WordsOf(object), IdentityKey(object.Name()), version.field, version.place, Bare(before), Bare(after)};
    value.wanted = after;
    const manifests::render::Place place = mine_.PlaceOf(version.node->range);
    const Result<VersionEdits> edits = EditsFor(*version.node, becomes, place, entries_);
    if (!edits) {
      value.why_not = At(place) + edits.error().message;
    } else if (const std::string file = edits->file->path.text();
               !promotion::IsInFolder(asked_.environment.folder, file)) {
      value.why_not = At(place) + Outside(file);
    } else {
      value.file = file;
      value.line = edits->line;
      texts_[file] = edits->file->parsed.bytes;
      edits_[file].insert(edits_[file].end(), edits->edits.begin(), edits->edits.end());
    }
    plan_.values.push_back(std::move(value));
  }

  static std::string At(const manifests::render::Place& place) {
    if (place.file == nullptr) return {};
    return place.file->path.text() + ":" + std::to_string(place.range.begin.line) + ": ";
  }

  std::string Outside(const std::string& file) const {
    for (const promotion::Environment& other : asked_.configuration.promotion.environments)
      if (other.branch == asked_.environment.branch && !other.folder.empty() &&
          promotion::IsInFolder(other.folder, file))
        return "that is in the folder of " + other.name;
    return "that is outside of " + asked_.environment.folder +
           "; give its kustomization an entry of `images` for it";
  }

  // Names of fields alone: what they hold may be secret.
  void TellOthers(const Object& theirs, const Object& object, const std::set<std::string>& carried) {
    std::string fields;
    std::size_t more = 0, told = 0;
    for (const manifests::FieldDifference& field : manifests::FieldDifferences(*theirs.root, *object.root)) {
      if (field.field == "metadata.namespace" || carried.contains(field.field)) continue;
      if (told++ < kMostFields) {
        fields += (fields.empty() ? "" : ", ") + field.field;
      } else {
        ++more;
      }
    }
    if (fields.empty()) return;
    if (more > 0) fields += " and " + std::to_string(more) + " more";
    plan_.others.push_back(WordsOf(object) + ": " + fields);
  }

  // A file that is copied whole is not edited besides.
  Status TakeEdits(const Oid& tree) {
    for (auto& [file, edits] : edits_) {
      if (std::binary_search(plan_.paths.begin(), plan_.paths.end(), file)) continue;
      const Result<std::string> text = manifests::WithEdits(*texts_[file], std::move(edits));
      if (!text) {
        plan_.cannot.push_back(file + ": " + text.error().message +
                               ": what shares an entry there runs several versions in " + asked_.from.name);
        continue;
      }
      if (*text == *texts_[file]) continue;
      const Result<std::uint32_t> mode = ModeOf(tree, file);
      if (!mode) return mode.error();
      plan_.edits.push_back({file, *mode, *text, {}});
    }
    return Ok{};
  }

  Result<std::uint32_t> ModeOf(Oid tree, const std::string& file) const {
    for (std::size_t begin = 0; begin < file.size();) {
      const std::size_t end = std::min(file.find('/', begin), file.size());
      const auto entries = git::ReadTree(*asked_.repository, tree);
      if (!entries) return entries.error();
      const auto entry = std::find_if(entries->begin(), entries->end(), [&](const git::TreeEntry& one) {
        return one.name == std::string_view(file).substr(begin, end - begin);
      });
      if (entry == entries->end()) return Failed(file + " is not in the tree that was built");
      if (end == file.size()) return entry->mode;
      tree = entry->id;
      begin = end + 1;
    }
    return Failed("a path is empty");
  }

  const CarryAsked& asked_;
  const Recorded& recorded_;
  const FolderObjects& mine_;
  CarryPlan& plan_;
  const std::vector<ImageEntry> entries_;
  std::set<const Object*> paired_;
  std::map<std::string, std::shared_ptr<const std::string>> texts_;
  std::map<std::string, std::vector<manifests::ScalarEdit>> edits_;
};

// Where only the files of the edits differ from a tree whose facts are known.
Facts FactsWith(const FileTree& tree, const Facts& was, const std::vector<git::TreeEdit>& edits,
                const Limits& limits) {
  std::unordered_set<std::string> files;
  std::vector<FileFacts> added;
  for (const git::TreeEdit& edit : edits) {
    files.insert(edit.path);
    const Result<RepoPath> path = RepoPath::Parse(edit.path);
    Result<std::string> bytes =
        path ? tree.Read(*path, limits.file_bytes) : Result<std::string>(path.error());
    if (bytes) added.push_back(FactsOf(edit.path, *std::move(bytes), limits));
  }
  return was.Replaced(files, std::move(added));
}

Status BuildIt(const CarryAsked& asked, BuiltFolder& built) {
  built.settings = asked.build;
  built.objects.emplace(FolderAsked{*built.files, built.facts, asked.configuration, built.settings,
                                    asked.environment.folder, asked.jobs, asked.deadline});
  const auto& trouble = built.objects->trouble();
  if (!trouble) return Ok{};
  if (trouble->kind != ErrorKind::kUsage) return *trouble;
  return Usage("what " + asked.environment.folder + " runs cannot be told: " + trouble->message);
}

// Every wanted version is there.
void CheckValues(const CarryAsked& asked, const FolderObjects& now, CarryPlan& plan) {
  std::map<std::string, const Object*> objects;
  for (const Object* object : now.all()) objects.emplace(IdentityKey(object->Name()), object);
  for (CarriedValue& value : plan.values) {
    std::string is = "nothing";
    const auto object = objects.find(value.identity);
    if (object != objects.end())
      for (const CarriedVersion& version : VersionsIn(asked.environment.carry, *object->second))
        if (version.place == value.place) is = Json(*version.node);
    if (is == value.wanted) {
      value.why_not.clear();
      continue;
    }
    if (value.why_not.empty()) value.why_not = value.file + " would make it " + Bare(is);
    plan.cannot.push_back(value.object + ", " + value.place + ", to " + Bare(value.after) + ": " +
                          value.why_not);
  }
}

// Nothing else differs; of paths that are copied the gate asks what they bring.
void CheckNothingElse(const CarryAsked& asked, const FolderObjects& was, const FolderObjects& now,
                      CarryPlan& plan) {
  if (!plan.paths.empty()) return;
  std::set<std::pair<std::string, std::string>> wanted;
  for (const CarriedValue& value : plan.values) wanted.emplace(value.identity, value.field);
  for (const manifests::ObjectDifference& object : manifests::Differences(was.all(), now.all())) {
    const Object& one = object.after != nullptr ? *object.after : *object.before;
    if (object.before == nullptr || object.after == nullptr) {
      plan.cannot.push_back(WordsOf(one) + " would come or go with it");
      continue;
    }
    for (const manifests::FieldDifference& field : object.fields)
      if (!wanted.contains({IdentityKey(one.Name()), field.field}))
        plan.cannot.push_back(WordsOf(one) + ", " + field.field + ", would change with it, and " +
                              asked.from.name + " does not run that");
  }
}

}  // namespace

Result<CarryPlan> PlanCarry(const CarryAsked& asked) {
  const Result<std::unique_ptr<Recorded>> recorded = Recorded::Read(asked);
  if (!recorded) return recorded.error();
  const promotion::Record& record = (*recorded)->head().record;
  CarryPlan plan;
  plan.sequence = record.head.sequence;
  const Result<Oid> source = Oid::FromHex(record.source.commit);
  if (!source) return source.error();
  plan.source = *source;
  const Result<Oid> tree = git::TreeOf(*asked.repository, asked.commit);
  if (!tree) return tree.error();
  if (!asked.environment.carry.paths.empty()) {
    const Result<Oid> theirs = git::TreeOf(*asked.repository, *source);
    if (!theirs) return theirs.error();
    const std::string folder = record.source.folder.value_or(asked.from.folder);
    if (Status paths = PlanPaths(asked, *theirs, folder, *tree, plan); !paths) return paths.error();
  }
  const auto was = std::make_shared<BuiltFolder>();
  was->files = git::OpenTree(asked.repository, *tree);
  Result<TreeFacts> facts = FactsOfTree(*was->files, asked.configuration.limits, asked.jobs);
  if (!facts) return facts.error();
  was->facts = std::move(facts->facts);
  if (Status built = BuildIt(asked, *was); !built) return built.error();
  plan.was = was;
  if (Status planned = Planner(asked, **recorded, *was->objects, plan).Run(*tree); !planned)
    return planned.error();
  // Without an edit nothing will be tried: what cannot be written is told now.
  if (plan.edits.empty()) CheckValues(asked, *was->objects, plan);
  return plan;
}

Status CheckCarry(const CarryAsked& asked, const Oid& tree, CarryPlan& plan) {
  BuiltFolder now;
  now.files = git::OpenTree(asked.repository, tree);
  now.facts = FactsWith(*now.files, plan.was->facts, plan.edits, asked.configuration.limits);
  if (Status built = BuildIt(asked, now); !built) return built.error();
  CheckValues(asked, *now.objects, plan);
  CheckNothingElse(asked, *plan.was->objects, *now.objects, plan);
  return Ok{};
}

}  // namespace sluice::gate
