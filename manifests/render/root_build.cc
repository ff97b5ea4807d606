#include "manifests/render/root_build.h"

#include <algorithm>

#include "manifests/render/edit.h"

namespace sluice::manifests::render {

const Node* MemberOf(const Node* mapping, std::string_view key) {
  const Node* member = mapping == nullptr ? nullptr : mapping->Find(key);
  return member == nullptr || member->kind == NodeKind::kNull ? nullptr : member;
}

std::string_view TextOf(const Node* mapping, std::string_view key) {
  const Node* member = MemberOf(mapping, key);
  return member == nullptr ? std::string_view() : member->String();
}

bool IsTrue(const Node* mapping, std::string_view key) {
  const Node* member = MemberOf(mapping, key);
  return member != nullptr && member->kind == NodeKind::kBool && member->value.boolean;
}

std::string ShownName(std::string_view kind, std::string_view ns, std::string_view name) {
  std::string shown(kind);
  shown += ' ';
  if (!ns.empty()) shown.append(ns).append("/");
  return shown.append(name);
}

Object ObjectAt(const Sources& sources, const Node* root) {
  Object object;
  object.root = root;
  object.api_version = TextOf(root, "apiVersion");
  object.kind = TextOf(root, "kind");
  const std::size_t slash = object.api_version.find('/');
  if (slash != std::string_view::npos) object.group = object.api_version.substr(0, slash);
  object.version = object.api_version.substr(slash == std::string_view::npos ? 0 : slash + 1);
  const Node* metadata = MemberOf(root, "metadata");
  object.ns = TextOf(metadata, "namespace");
  object.name = TextOf(metadata, "name");
  const Place place = sources.Resolve(root->range);
  if (place.file != nullptr) object.file = place.file->path.text();
  return object;
}

Finding FindingAt(const Sources& sources, const Rule& rule, const Root& root, Range place,
                  std::string message) {
  Place resolved = sources.Resolve(place.begin.line == 0 ? root.place : place);
  std::string file = resolved.file == nullptr ? root.file : resolved.file->path.text();
  Finding finding = MakeFinding(rule, std::move(file), resolved.range, std::move(message));
  finding.object = root.object;
  finding.through = root.through;
  return finding;
}

struct RootBuild::Memory {
  Arena arena{4096};
  std::vector<std::shared_ptr<const void>> parts;
};

RootBuild::RootBuild(Session& used_session, const Root& built_root, const RootContext& used_context)
    : RootBuild(used_session, built_root, used_context, std::make_shared<Memory>()) {}

RootBuild::RootBuild(Session& used_session, const Root& built_root, const RootContext& used_context,
                     std::shared_ptr<Memory> memory)
    : session(used_session),
      root(built_root),
      context(used_context),
      arena(memory->arena),
      memory_(std::move(memory)) {}

bool RootBuild::Fail(const Rule& rule, Range place, std::string message) {
  built.findings.push_back(FindingAt(session.sources(), rule, root, place, std::move(message)));
  return false;
}

void RootBuild::LeaveOut(Range place, std::string reason) {
  const Place resolved = session.sources().Resolve(place.begin.line == 0 ? root.place : place);
  const std::string file = resolved.file == nullptr ? root.file : resolved.file->path.text();
  built.not_built.push_back({file, resolved.range, std::move(reason)});
}

bool RootBuild::Failed() const {
  return std::ranges::any_of(built.findings,
                             [](const Finding& finding) { return finding.severity == Severity::kError; });
}

void RootBuild::Add(Built part) {
  for (BuiltObject& object : part.objects) {
    object.through.push_back(root.file);
    object.through.insert(object.through.end(), root.through.begin(), root.through.end());
    built.objects.push_back(std::move(object));
  }
  std::ranges::move(part.findings, std::back_inserter(built.findings));
  std::ranges::move(part.not_built, std::back_inserter(built.not_built));
  std::ranges::move(part.read, std::back_inserter(built.read));
  memory_->parts.push_back(std::move(part.memory));
}

void RootBuild::Replace(BuiltObject& object, const Node& root_node) {
  const std::span<const Node> kept = arena.Keep(std::span(&root_node, 1));
  object.object = ObjectAt(session.sources(), &kept.front());
}

Built RootBuild::Finish() {
  if (Failed()) built.objects.clear();
  std::ranges::sort(built.read);
  built.read.erase(std::unique(built.read.begin(), built.read.end()), built.read.end());
  memory_->parts.push_back(root.memory);
  built.memory = memory_;
  return std::move(built);
}

namespace {

Node WithTexts(Arena& arena, const Node& object, std::string_view field, const Node* texts) {
  if (texts == nullptr || texts->children.empty()) return object;
  const Step way[] = {{.key = "metadata"}, {.key = field}};
  const Edit set = [&](const Node& old) -> std::optional<Node> {
    Node merged = old.kind == NodeKind::kMapping ? old : MappingNode(arena, {}, texts->range);
    for (const Node& text : texts->children) merged = WithMember(arena, merged, text);
    return merged;
  };
  return EditAt(arena, object, way, set, {.make = true, .made_at = texts->range});
}

}  // namespace

void SetCommonMetadata(RootBuild& build, const Node* common) {
  if (common == nullptr) return;
  for (BuiltObject& object : build.built.objects) {
    const Node labelled = WithTexts(build.arena, *object.object.root, "labels", MemberOf(common, "labels"));
    build.Replace(object, WithTexts(build.arena, labelled, "annotations", MemberOf(common, "annotations")));
  }
}

}  // namespace sluice::manifests::render
