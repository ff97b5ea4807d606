// Tested by tests/manifests/render/source_of_test.cc.
#include "manifests/render/source_of.h"

#include <algorithm>
#include <map>
#include <set>

#include "manifests/render/root_build.h"

namespace sluice::manifests::render {
namespace {

constexpr std::string_view kSources = "source.toolkit.fluxcd.io";
constexpr std::string_view kExtensions = "source.extensions.fluxcd.io";
constexpr std::string_view kKustomizations = "kustomize.toolkit.fluxcd.io";
constexpr std::string_view kFluxSystem = "flux-system";

std::vector<const Object*> List(const RootContext& context, std::string_view group, std::string_view kind) {
  return context.list ? context.list(group, kind) : std::vector<const Object*>();
}

std::string_view UrlOf(const Object& source) { return TextOf(source.root->Find("spec"), "url"); }

// How many directories two paths share.
std::size_t Nearness(std::string_view a, std::string_view b) {
  std::size_t shared = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) {
    if (a[i] == '/') ++shared;
  }
  return shared;
}

bool NamespacesFit(std::string_view a, std::string_view b) { return a == b || a.empty() || b.empty(); }

bool HasUrlOfThisRepository(const RootContext& context, std::string_view url) {
  const std::string canonical = CanonicalUrl(url);
  return std::ranges::any_of(context.repository_urls,
                             [&](const std::string& known) { return CanonicalUrl(known) == canonical; });
}

bool FindUserOfFluxSystem(const RootContext& context) {
  return std::ranges::any_of(List(context, kKustomizations, "Kustomization"), [](const Object* object) {
    const Node* spec = object->root->Find("spec");
    const Node* source = spec == nullptr ? nullptr : spec->Find("sourceRef");
    return TextOf(source, "kind") == "GitRepository" && TextOf(source, "name") == kFluxSystem;
  });
}

bool AnyoneUsesFluxSystem(const RootContext& context) {
  std::call_once(context.guess->of_flux_system,
                 [&] { context.guess->uses_flux_system = FindUserOfFluxSystem(context); });
  return context.guess->uses_flux_system;
}

// Rules 2 and 3 of the header.
bool GuessGitRepository(const RootContext& context, std::string_view ns, std::string_view name,
                        const Object* object) {
  const bool in_flux_system = ns.empty() || ns == kFluxSystem;
  if (name == kFluxSystem && in_flux_system) return true;
  const std::vector<const Object*> all = List(context, kSources, "GitRepository");
  const auto bootstrap = std::ranges::find_if(all, [](const Object* each) {
    return each->name == kFluxSystem && NamespacesFit(each->ns, kFluxSystem);
  });
  if (bootstrap != all.end()) {
    return object != nullptr && CanonicalUrl(UrlOf(*object)) == CanonicalUrl(UrlOf(**bootstrap));
  }
  if (AnyoneUsesFluxSystem(context)) return false;
  return all.empty() || (all.size() == 1 && object == all.front());
}

SourceTree Outside(std::string why) {
  SourceTree tree;
  tree.outside = std::move(why);
  return tree;
}

// Of a GitRepository's spec.ref, in the order in which Flux asks.
std::string OtherRevision(const RootContext& context, const Node* ref) {
  for (const std::string_view field : {"commit", "name", "semver", "tag", "branch"}) {
    const std::string_view text = TextOf(ref, field);
    if (text.empty()) continue;
    const bool branch = field == "branch" || text.starts_with("refs/heads/");
    if (branch) return OtherRevision(context, text);
    return "another revision: " + std::string(field) + " " + std::string(text);
  }
  return {};
}

// Where a GitRepository that is this one has it all, or a part of it, or more.
SourceTree OfThisRepository(const Object* object, const std::string& shown) {
  SourceTree tree;
  const Node* spec = object == nullptr ? nullptr : object->root->Find("spec");
  const Node* include = spec == nullptr ? nullptr : spec->Find("include");
  if (include != nullptr && !include->children.empty())
    return Outside(shown + ", which includes other repositories");
  const Node* sparse = spec == nullptr ? nullptr : spec->Find("sparseCheckout");
  if (sparse == nullptr) return tree;
  for (const Node& directory : sparse->children) {
    const Result<RepoPath> path = RepoPath().Resolve(directory.String());
    if (!path) return Outside(shown + ", whose sparseCheckout leaves the repository");
    tree.parts.push_back(*path);
  }
  return tree;
}

SourceTree GitRepositoryOf(const RootContext& context, std::string_view ns, std::string_view name,
                           std::string_view file) {
  const Object* object = FindNear(context, kSources, "GitRepository", ns, name, file);
  const bool here = !context.repository_urls.empty() && object != nullptr
                        ? HasUrlOfThisRepository(context, UrlOf(*object))
                        : GuessGitRepository(context, ns, name, object);
  std::string why = ShownName("GitRepository", ns, name);
  if (here) {
    const Node* spec = object == nullptr ? nullptr : object->root->Find("spec");
    const std::string other = OtherRevision(context, MemberOf(spec, "ref"));
    return other.empty() ? OfThisRepository(object, why) : Outside(why + ", which follows " + other);
  }
  why += object == nullptr ? ", which is not in the tree" : ", which is another repository";
  return Outside(std::move(why));
}

// One copy of an ArtifactGenerator: "@alias/a/b/**" to "@artifact/b/".
struct Copy {
  RepoPath from;
  RepoPath to;
};

// "@NAME/REST" in its parts.
bool SplitAlias(std::string_view text, std::string_view& alias, std::string_view& rest) {
  if (!text.starts_with('@')) return false;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  alias = text.substr(1, slash - 1);
  rest = text.substr(slash + 1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  return true;
}

// A whole directory of one source, copied as it is; anything else is not simple.
bool ReadCopy(const Node& node, const std::set<std::string_view>& aliases, Copy& copy) {
  if (node.Find("exclude") != nullptr) return false;
  const std::string_view strategy = TextOf(&node, "strategy");
  if (!strategy.empty() && strategy != "Overwrite") return false;
  std::string_view alias, from, artifact, to;
  if (!SplitAlias(TextOf(&node, "from"), alias, from) || !aliases.contains(alias)) return false;
  if (!SplitAlias(TextOf(&node, "to"), artifact, to) || artifact != "artifact") return false;
  if (from == "**") {
    from = {};
  } else if (from.ends_with("/**")) {
    from.remove_suffix(3);
  } else {
    return false;
  }
  if (from.find_first_of("*?[{\\") != std::string_view::npos) return false;
  const Result<RepoPath> from_path = RepoPath::Parse(from);
  const Result<RepoPath> to_path = RepoPath::Parse(to);
  if (!from_path || !to_path) return false;
  copy = {*from_path, *to_path};
  return true;
}

// The directory D of the repository for which every copy goes from D/TO to TO.
bool CommonRoot(const std::vector<Copy>& copies, RepoPath& root) {
  for (std::size_t i = 0; i < copies.size(); ++i) {
    RepoPath above = copies[i].from;
    for (RepoPath to = copies[i].to; !to.IsRoot(); to = to.Parent()) {
      if (above.IsRoot() || above.Name() != to.Name()) return false;
      above = above.Parent();
    }
    if (i > 0 && above != root) return false;
    root = above;
  }
  return !copies.empty();
}

const Node* ArtifactOf(const Object& generator, std::string_view name) {
  const Node* spec = generator.root->Find("spec");
  const Node* artifacts = spec == nullptr ? nullptr : spec->Find("artifacts");
  if (artifacts == nullptr) return nullptr;
  for (const Node& artifact : artifacts->children) {
    if (TextOf(&artifact, "name") == name) return &artifact;
  }
  return nullptr;
}

// The names by which a generator calls this repository.
std::set<std::string_view> AliasesOf(const RootContext& context, const Object& generator,
                                     std::string_view ns) {
  std::set<std::string_view> aliases;
  const Node* sources = generator.root->Find("spec")->Find("sources");
  if (sources == nullptr) return aliases;
  for (const Node& source : sources->children) {
    if (TextOf(&source, "kind") != "GitRepository") continue;
    const SourceTree tree = SourceOf(context, &source, {ns, generator.file});
    if (tree.outside.empty()) aliases.insert(TextOf(&source, "alias"));
  }
  return aliases;
}

SourceTree FromGenerator(const RootContext& context, const Object& generator, const Node& artifact,
                         std::string_view ns) {
  const std::string shown = ShownName("ArtifactGenerator", ns, generator.name);
  const Node* copies = artifact.Find("copy");
  if (generator.root->Find("spec")->Find("pathPattern") != nullptr || copies == nullptr) {
    return Outside(shown + ", whose artifacts come of a path pattern");
  }
  const std::set<std::string_view> aliases = AliasesOf(context, generator, ns);
  std::vector<Copy> read(copies->children.size());
  SourceTree tree;
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!ReadCopy(copies->children[i], aliases, read[i])) {
      return Outside(shown + ", which copies more than whole directories of this repository");
    }
    tree.parts.push_back(read[i].from);
  }
  if (!CommonRoot(read, tree.root)) return Outside(shown + ", which moves directories against each other");
  return tree;
}

SourceTree ArtifactNamed(const RootContext& context, std::string_view ns, std::string_view name,
                         std::string_view file) {
  const Object* nearest = nullptr;
  for (const Object* generator : List(context, kExtensions, "ArtifactGenerator")) {
    if (ArtifactOf(*generator, name) == nullptr || !NamespacesFit(generator->ns, ns)) continue;
    if (nearest == nullptr || Nearness(generator->file, file) > Nearness(nearest->file, file))
      nearest = generator;
  }
  if (nearest == nullptr)
    return Outside(ShownName("ExternalArtifact", ns, name) + ", which nothing in the tree makes");
  return FromGenerator(context, *nearest, *ArtifactOf(*nearest, name), ns);
}

// The URL that most sources with a path name; empty where two are named as often.
std::string FindMostNamedUrl(const RootContext& context) {
  std::map<std::string, std::size_t> counts;
  const auto count = [&](const Node* source) {
    const std::string_view url = TextOf(source, "repoURL");
    if (!url.empty() && !TextOf(source, "path").empty() && url.find("{{") == std::string_view::npos) {
      ++counts[CanonicalUrl(url)];
    }
  };
  const auto count_spec = [&](const Node* spec) {
    if (spec == nullptr) return;
    count(spec->Find("source"));
    const Node* sources = spec->Find("sources");
    if (sources == nullptr) return;
    for (const Node& source : sources->children) count(&source);
  };
  for (const Object* object : List(context, "argoproj.io", "Application"))
    count_spec(object->root->Find("spec"));
  for (const Object* object : List(context, "argoproj.io", "ApplicationSet")) {
    const Node* spec = object->root->Find("spec");
    const Node* pattern = spec == nullptr ? nullptr : spec->Find("template");
    if (pattern != nullptr) count_spec(pattern->Find("spec"));
  }
  std::string most;
  std::size_t times = 0;
  bool tied = false;
  for (const auto& [url, number] : counts) {
    if (number == times) tied = true;
    if (number <= times) continue;
    most = url;
    times = number;
    tied = false;
  }
  return tied ? std::string() : most;
}

const std::string& MostNamedUrl(const RootContext& context) {
  std::call_once(context.guess->of_url, [&] { context.guess->url = FindMostNamedUrl(context); });
  return context.guess->url;
}

}  // namespace

const Object* FindNear(const RootContext& context, std::string_view group, std::string_view kind,
                       std::string_view ns, std::string_view name, std::string_view file) {
  const Object* best = nullptr;
  const auto rank = [&](const Object& object) {
    return std::pair(object.ns == ns || ns.empty(), Nearness(object.file, file));
  };
  for (const Object* object : List(context, group, kind)) {
    if (object->name != name || !NamespacesFit(object->ns, ns)) continue;
    if (best == nullptr || rank(*object) > rank(*best)) best = object;
  }
  return best;
}

SourceTree SourceOf(const RootContext& context, const Node* source_ref, const Asker& asker) {
  const std::string_view kind = TextOf(source_ref, "kind");
  const std::string_view name = TextOf(source_ref, "name");
  std::string_view ns = TextOf(source_ref, "namespace");
  if (ns.empty()) ns = asker.ns;
  if (kind == "GitRepository") return GitRepositoryOf(context, ns, name, asker.file);
  if (kind == "ExternalArtifact") return ArtifactNamed(context, ns, name, asker.file);
  if (kind.empty()) return Outside("no source");
  return Outside(ShownName(kind, ns, name));
}

std::string OtherRevision(const RootContext& context, std::string_view revision) {
  if (revision.empty() || revision == "HEAD" || context.branches.empty()) return {};
  constexpr std::string_view kHeads = "refs/heads/";
  if (revision.starts_with(kHeads)) revision.remove_prefix(kHeads.size());
  const bool known = std::ranges::find(context.branches, revision) != context.branches.end();
  return known ? std::string() : "another branch: " + std::string(revision);
}

bool IsThisRepository(const RootContext& context, std::string_view url) {
  if (!context.repository_urls.empty()) return HasUrlOfThisRepository(context, url);
  return !url.empty() && CanonicalUrl(url) == MostNamedUrl(context);
}

std::string CanonicalUrl(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  std::size_t end_of_host = url.find_first_of(scheme == std::string_view::npos ? ":/" : "/");
  end_of_host = std::min(end_of_host, url.size());
  const std::size_t user = url.substr(0, end_of_host).rfind('@');
  if (user != std::string_view::npos) {
    url.remove_prefix(user + 1);
    end_of_host -= user + 1;
  }
  std::string_view host = url.substr(0, end_of_host);
  if (scheme != std::string_view::npos) host = host.substr(0, host.rfind(':'));  // a port
  std::string canonical(host);
  for (char& c : canonical) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  std::string_view path = url.substr(end_of_host);
  while (path.starts_with('/') || path.starts_with(':')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  return canonical.append("/").append(path);
}

}  // namespace sluice::manifests::render
