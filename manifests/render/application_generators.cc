// Each generator makes a list of parameter sets from what lies in the tree.
#include <algorithm>
#include <optional>

#include "manifests/object.h"
#include "manifests/render/application_set.h"
#include "manifests/render/edit.h"
#include "manifests/render/path_glob.h"
#include "manifests/render/root_build.h"
#include "manifests/render/source_of.h"

namespace sluice::manifests::render {
namespace {

constexpr std::size_t kMostSets = 1000;
constexpr std::size_t kMostNesting = 3;
constexpr std::size_t kMostDepth = 50;
constexpr std::size_t kMostEntries = 50'000;
constexpr std::size_t kMostGlobWork = 200'000'000;  // of one set: bytes of patterns times bytes of paths

using Sets = std::vector<Parameters>;

std::string ParameterText(const Node& node) {
  if (node.IsString()) return std::string(node.text);
  std::string text;
  CanonicalJson(node, text);
  return text;
}

// Every scalar below a node under its way.
void Flatten(const Node& node, const std::string& way, Parameters& into) {
  if (node.children.empty()) {
    if (node.kind != NodeKind::kMapping && node.kind != NodeKind::kSequence) into[way] = ParameterText(node);
    return;
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    const std::string step = node.kind == NodeKind::kMapping ? std::string(child.key) : std::to_string(i);
    Flatten(child, way.empty() ? step : way + "." + step, into);
  }
}

// Lower-case letters, digits, "-" and "."; what Argo CD makes of a name for names.
std::string Normalized(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    const bool fits =
        (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '-' || lower == '.';
    name += fits ? lower : '-';
  }
  return name;
}

void AddPath(const RepoPath& path, std::string_view file_name, Parameters& set) {
  const std::string base(path.Name());
  for (const std::string prefix : {"path", "path.path"}) set[prefix] = path.text();
  set["path.basename"] = base;
  set["path.basenameNormalized"] = Normalized(base);
  if (!file_name.empty()) set["path.filename"] = file_name;
  if (!file_name.empty()) set["path.filenameNormalized"] = Normalized(file_name);
  std::size_t index = 0;
  std::string_view rest = path.text();
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    set["path[" + std::to_string(index++) + "]"] = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
}

std::string TooManySets() { return "more than " + std::to_string(kMostSets) + " Applications of one set"; }

class Generators {
 public:
  Generators(Session& session, const RootContext& context, const Root& set)
      : session_(session), context_(context), go_template_(IsTrue(set.spec, "goTemplate")) {}

  bool All(const Node& list, const Parameters& known, std::size_t nesting, std::vector<Sets>& each);
  std::string outside;
  bool limit = false;
  Range place;

 private:
  bool PastLimit(const Node& at, std::string what) {
    limit = true;
    return Outside(at, std::move(what));
  }
  bool Outside(const Node& at, std::string why) {
    outside = std::move(why);
    place = at.range;
    return false;
  }
  bool One(const Node& generator, const Parameters& known, std::size_t nesting, Sets& sets);
  bool List(const Node& options, Sets& sets);
  bool Git(const Node& options, Sets& sets);
  bool CheckPatterns(const Node& patterns, const std::vector<RepoPath>& paths);
  bool GitFile(const RepoPath& path, const Node& at, Sets& sets);
  bool Clusters(const Node& options, Sets& sets);
  bool Matrix(const Node& options, const Parameters& known, std::size_t nesting, Sets& sets);
  bool Merge(const Node& options, const Parameters& known, std::size_t nesting, Sets& sets);
  bool AddValues(const Node& options, Sets& sets, std::size_t from);
  const std::vector<RepoPath>* Paths(const Node& options, bool files);
  bool Walk(const Node& options, const RepoPath& directory, bool files, std::vector<RepoPath>& paths,
            std::size_t depth);

  Session& session_;
  const RootContext& context_;
  bool go_template_;
  std::size_t glob_work_ = 0;
  std::vector<std::shared_ptr<Arena>> arenas_;
  std::optional<std::vector<RepoPath>> files_, directories_;  // of the whole tree, sorted
};

bool Generators::All(const Node& list, const Parameters& known, std::size_t nesting,
                     std::vector<Sets>& each) {
  for (const Node& generator : list.children) {
    Sets sets;
    if (!One(generator, known, nesting, sets)) return false;
    if (sets.size() > kMostSets) {
      return PastLimit(generator, TooManySets());
    }
    each.push_back(std::move(sets));
  }
  return true;
}

bool Generators::One(const Node& generator, const Parameters& known, std::size_t nesting, Sets& sets) {
  if (nesting > kMostNesting) return Outside(generator, "generators nested too deep");
  for (const std::string_view field : {"selector", "template"}) {
    if (MemberOf(&generator, field) != nullptr)
      return Outside(generator, "a generator with a " + std::string(field));
  }
  arenas_.push_back(std::make_shared<Arena>(512));
  std::string problem;
  // Of a matrix, the second generator may use what the first gave.
  const std::optional<Node> rendered =
      known.empty() ? std::optional<Node>(generator)
                    : RenderTemplate(*arenas_.back(), generator, known, go_template_, problem);
  if (!rendered) return Outside(generator, problem);
  if (const Node* options = rendered->Find("list")) return List(*options, sets);
  if (const Node* options = rendered->Find("git")) return Git(*options, sets);
  if (const Node* options = rendered->Find("clusters")) return Clusters(*options, sets);
  if (const Node* options = rendered->Find("matrix")) return Matrix(*options, known, nesting, sets);
  if (const Node* options = rendered->Find("merge")) return Merge(*options, known, nesting, sets);
  const std::string name(generator.children.empty() ? "" : generator.children[0].key);
  return Outside(generator, "the generator " + name + " asks outside of the repository");
}

bool Generators::List(const Node& options, Sets& sets) {
  if (MemberOf(&options, "elementsYaml") != nullptr) return Outside(options, "elementsYaml is not followed");
  const Node* elements = MemberOf(&options, "elements");
  if (elements == nullptr) return true;
  for (const Node& element : elements->children) Flatten(element, {}, sets.emplace_back());
  return true;
}

// Walked once, though a matrix asks again for each set of its first generator.
// Null past a limit.
const std::vector<RepoPath>* Generators::Paths(const Node& options, bool files) {
  std::optional<std::vector<RepoPath>>& known = files ? files_ : directories_;
  if (known) return &*known;
  std::vector<RepoPath> paths;
  if (!Walk(options, RepoPath(), files, paths, 0)) return nullptr;
  std::ranges::sort(paths);
  return &known.emplace(std::move(paths));
}

bool Generators::Walk(const Node& options, const RepoPath& directory, bool files,
                      std::vector<RepoPath>& paths, std::size_t depth) {
  if (depth > kMostDepth) {
    return PastLimit(
        options, "a git generator looks at directories more than " + std::to_string(kMostDepth) + " deep");
  }
  const Result<std::vector<FileEntry>> entries = session_.sources().List(directory);
  if (!entries) return true;  // Sources::Failure tells of what is not just absent
  for (const FileEntry& entry : *entries) {
    const Result<RepoPath> path = directory.Child(entry.name);
    if (!path) continue;
    const bool is_directory = entry.kind == FileKind::kDirectory;
    if (is_directory && entry.name.starts_with('.') && !files) continue;
    if (files ? entry.kind == FileKind::kFile : is_directory) paths.push_back(*path);
    if (paths.size() > kMostEntries) {
      return PastLimit(options, "a git generator looks at more than " + std::to_string(kMostEntries) +
                                    (files ? " files" : " directories"));
    }
    if (is_directory && !Walk(options, *path, files, paths, depth + 1)) return false;
  }
  return true;
}

bool Generators::GitFile(const RepoPath& path, const Node& at, Sets& sets) {
  const auto file = session_.sources().Read(path);
  if (!file || !(*file)->parsed.Readable())
    return Outside(at, "the generator's file " + path.text() + " cannot be read");
  for (const Document& document : (*file)->parsed.documents) {
    const bool list = document.root->kind == NodeKind::kSequence;
    const std::span<const Node> elements = list ? document.root->children : std::span(document.root, 1);
    for (const Node& element : elements) {
      Parameters& set = sets.emplace_back();
      Flatten(element, {}, set);
      AddPath(path.Parent(), path.Name(), set);
    }
  }
  return true;
}

// A set may hold many generators, each of which looks at all paths.
bool Generators::CheckPatterns(const Node& patterns, const std::vector<RepoPath>& paths) {
  std::size_t bytes = 0;
  for (const RepoPath& path : paths) bytes += path.text().size() + 1;
  for (const Node& pattern : patterns.children) {
    const std::size_t size = TextOf(&pattern, "path").size();
    if (size > kLongestGlob)
      return PastLimit(pattern, "a pattern of more than " + std::to_string(kLongestGlob) + " bytes");
    glob_work_ += (size + 1) * bytes;
  }
  if (glob_work_ <= kMostGlobWork) return true;
  return PastLimit(patterns, "the patterns of its git generators take more than " +
                                 std::to_string(kMostGlobWork) + " steps");
}

bool Generators::Git(const Node& options, Sets& sets) {
  if (!IsThisRepository(context_, TextOf(&options, "repoURL"))) {
    return Outside(options, "a git generator of another repository");
  }
  const std::string other = OtherRevision(context_, TextOf(&options, "revision"));
  if (!other.empty()) return Outside(options, "a git generator that follows " + other);
  if (MemberOf(&options, "pathParamPrefix") != nullptr)
    return Outside(options, "pathParamPrefix is not followed");
  const bool files = MemberOf(&options, "files") != nullptr;
  const Node* patterns = MemberOf(&options, files ? "files" : "directories");
  if (patterns == nullptr) return Outside(options, "a git generator without directories and files");
  const std::vector<RepoPath>* paths = Paths(options, files);
  if (paths == nullptr || !CheckPatterns(*patterns, *paths)) return false;
  const std::size_t from = sets.size();
  for (const RepoPath& path : *paths) {
    bool wanted = false, excluded = false;
    for (const Node& pattern : patterns->children) {
      if (!GlobMatches(TextOf(&pattern, "path"), path.text(), {.crosses_slashes = files})) continue;
      (IsTrue(&pattern, "exclude") ? excluded : wanted) = true;
    }
    if (!wanted || excluded || sets.size() > kMostSets) continue;
    if (!files) AddPath(path, {}, sets.emplace_back());
    if (files && !GitFile(path, *patterns, sets)) return false;
  }
  return AddValues(options, sets, from);
}

// Secrets that tell Argo CD of a cluster. Names, labels and the server are not
// what is secret in them; no other value is read.
bool Generators::Clusters(const Node& options, Sets& sets) {
  const Node* labels = MemberOf(MemberOf(&options, "selector"), "matchLabels");
  if (MemberOf(MemberOf(&options, "selector"), "matchExpressions") != nullptr) {
    return Outside(options, "matchExpressions of a cluster generator");
  }
  const std::size_t from = sets.size();
  const auto secrets = context_.list ? context_.list("", "Secret") : std::vector<const Object*>();
  for (const Object* secret : secrets) {
    const Node* metadata = MemberOf(secret->root, "metadata");
    const Node* own = MemberOf(metadata, "labels");
    if (TextOf(own, "argocd.argoproj.io/secret-type") != "cluster") continue;
    const bool wanted = labels == nullptr || std::ranges::all_of(labels->children, [&](const Node& label) {
                          return TextOf(own, label.key) == label.String();
                        });
    if (!wanted) continue;
    const Node* data = MemberOf(secret->root, "stringData");
    if (data == nullptr || MemberOf(data, "server") == nullptr) {
      return Outside(options, "the cluster Secret " + std::string(secret->name) + " hides its server");
    }
    Parameters& set = sets.emplace_back();
    const std::string_view name = TextOf(data, "name");
    set["name"] = name.empty() ? secret->name : name;
    set["nameNormalized"] = Normalized(set["name"]);
    set["server"] = TextOf(data, "server");
    for (const std::string_view field : {"labels", "annotations"}) {
      if (const Node* texts = MemberOf(metadata, field))
        Flatten(*texts, "metadata." + std::string(field), set);
    }
  }
  if (sets.size() == from)
    return Outside(options, "a cluster generator, and no cluster Secret is in the tree");
  return AddValues(options, sets, from);
}

// values: more parameters, which may use those of the set.
bool Generators::AddValues(const Node& options, Sets& sets, std::size_t from) {
  const Node* values = MemberOf(&options, "values");
  if (values == nullptr) return true;
  for (std::size_t i = from; i < sets.size(); ++i) {
    Arena arena(512);
    std::string problem;
    const std::optional<Node> rendered = RenderTemplate(arena, *values, sets[i], go_template_, problem);
    if (!rendered) return Outside(*values, problem);
    Flatten(*rendered, "values", sets[i]);
  }
  return true;
}

bool Generators::Matrix(const Node& options, const Parameters& known, std::size_t nesting, Sets& sets) {
  const Node* list = MemberOf(&options, "generators");
  if (list == nullptr || list->children.size() != 2) return Outside(options, "a matrix takes two generators");
  Sets first;
  if (!One(list->children[0], known, nesting + 1, first)) return false;
  for (const Parameters& left : first) {
    Parameters both = known;
    both.insert(left.begin(), left.end());
    Sets second;
    if (!One(list->children[1], both, nesting + 1, second)) return false;
    for (Parameters& right : second) {
      for (const auto& [name, value] : left) right[name] = value;
      sets.push_back(std::move(right));
    }
    if (sets.size() > kMostSets) break;
  }
  return true;
}

// The first generator's sets, with what the others say of those with the same keys.
bool Generators::Merge(const Node& options, const Parameters& known, std::size_t nesting, Sets& sets) {
  const Node* list = MemberOf(&options, "generators");
  const Node* keys = MemberOf(&options, "mergeKeys");
  if (list == nullptr || keys == nullptr || list->children.size() < 2 || keys->children.empty()) {
    return Outside(options, "a merge takes two generators or more, and mergeKeys");
  }
  std::vector<Sets> each;
  if (!All(*list, known, nesting + 1, each)) return false;
  const auto key_of = [&](const Parameters& set) {
    std::vector<std::string> key;
    for (const Node& name : keys->children) {
      const auto found = set.find(name.String());
      key.push_back(found == set.end() ? std::string() : found->second);
    }
    return key;
  };
  sets = each.front();
  for (std::size_t i = 1; i < each.size(); ++i) {
    for (const Parameters& over : each[i]) {
      for (Parameters& base : sets) {
        if (key_of(base) != key_of(over)) continue;
        for (const auto& [name, value] : over) base[name] = value;
      }
    }
  }
  return true;
}

}  // namespace

GeneratedParameters GenerateParameters(Session& session, const RootContext& context, const Root& set) {
  GeneratedParameters generated;
  Generators generators(session, context, set);
  std::vector<Sets> each;
  const Node* list = MemberOf(set.spec, "generators");
  if (list == nullptr || !generators.All(*list, {}, 0, each)) {
    generated.outside = list == nullptr ? "the set has no generators" : generators.outside;
    generated.limit = generators.limit;
    generated.place = generators.place;
    return generated;
  }
  for (Sets& sets : each) std::ranges::move(sets, std::back_inserter(generated.sets));
  if (generated.sets.size() <= kMostSets) return generated;
  generated.sets.clear();
  generated.outside = TooManySets();
  generated.limit = true;
  return generated;
}

}  // namespace sluice::manifests::render
