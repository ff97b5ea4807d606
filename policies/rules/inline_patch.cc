// secret/plain in patches that stand as text in a kustomization: strategic
// merge patches (objects in part) and JSON patches (lists of operations).
// Fields after sigs.k8s.io/kustomize/api/types (Patch, PatchStrategicMerge).
// Invariant: text that cannot be read and speaks of a Secret is a finding.
// Tested by inline_patch_test.cc.
#include <string>
#include <utility>

#include "policies/rules/rules.h"
#include "policies/rules/words.h"

namespace sluice::policies {
namespace {

using manifests::FieldStep;
using manifests::Node;
using manifests::NodeKind;
using manifests::Object;

struct PatchField {
  std::string_view list;
  std::string_view member;  // empty: the element itself is the text
};
constexpr PatchField kPatchFields[] = {
    {"patches", "patch"}, {"patches", ""}, {"patchesStrategicMerge", ""}, {"patchesJson6902", "patch"}};

std::string_view Text(const Node* mapping, std::string_view key) {
  const Node* member = mapping == nullptr ? nullptr : mapping->Find(key);
  return member == nullptr ? std::string_view() : member->String();
}

bool SpeaksOfSecrets(std::string_view text) {
  return text.find("ecret") != text.npos || text.find("stringData") != text.npos;
}

class InlinePatch {
 public:
  InlinePatch(const NativeContext& context, const manifests::ParsedFile& file, const Limits& limits,
              Findings& findings)
      : context_(context), file_(file), limits_(limits), findings_(findings) {}

  // `target` selects the objects that are patched; may be null.
  void Check(const Node& text, const Node* target, std::string field) {
    const manifests::ParsedFile patch = manifests::Parse(file_.path, std::string(text.text), limits_);
    if (!patch.Readable()) {
      const bool suspected = SpeaksOfSecrets(text.text) || Text(target, "kind") == "Secret";
      if (suspected) Report(text, field, "this patch cannot be read, so a secret in it could not be seen");
      return;
    }
    for (const manifests::Document& document : patch.documents) {
      Findings found = document.root->kind == NodeKind::kSequence ? Operations(*document.root, target)
                                                                  : Merge(*document.root, target);
      for (const Finding& finding : found) Report(text, field, finding.message);
    }
  }

 private:
  void Report(const Node& text, const std::string& field, std::string message) {
    if (IsFull(findings_)) return;
    const Range place{text.range.begin, text.range.begin};
    findings_.push_back(
        MakeFinding(kPlainSecretRule, file_.path, place, "inline patch: " + std::move(message)));
    findings_.back().field = field;
  }

  // A patch says of which kind it is, or its target does.
  Findings Merge(const Node& root, const Node* target) const {
    Findings found;
    Object object;
    object.root = &root;
    object.file = file_.path;
    object.kind = Text(&root, "kind").empty() ? Text(target, "kind") : Text(&root, "kind");
    const std::string_view version = Text(&root, "apiVersion");
    const std::size_t slash = version.find('/');
    object.group = slash == version.npos ? std::string_view() : version.substr(0, slash);
    // Without a kind it may become a part of any object that the target selects.
    if (object.kind.empty()) object.kind = "Secret";
    if (object.kind == "Secret" && object.group.empty()) CheckPlainSecret(context_, object, found);
    return found;
  }

  static bool IsValueOfSecret(std::string_view path) {
    return path.empty() || path == "/data" || path == "/stringData" || path.starts_with("/data/") ||
           path.starts_with("/stringData/");
  }

  static bool IsHarmlessTree(const Node& node, Encoding encoding) {
    if (node.kind != NodeKind::kMapping && node.kind != NodeKind::kSequence)
      return IsHarmless(node, encoding);
    for (const Node& child : node.children) {
      if (!IsHarmless(child, encoding)) return false;
    }
    return true;
  }

  Findings Operations(const Node& operations, const Node* target) const {
    Findings found;
    if (Text(target, "kind") != "Secret") return found;
    for (const Node& operation : operations.children) {
      const std::string_view path = Text(&operation, "path");
      const Node* value = operation.Find("value");
      if (value == nullptr || !IsValueOfSecret(path)) continue;
      const Encoding encoding = path.starts_with("/stringData") ? Encoding::kText : Encoding::kEncoded;
      if (IsHarmlessTree(*value, encoding)) continue;
      found.push_back(MakeFinding(kPlainSecretRule, file_.path, {},
                                  "it writes a value of a Secret in plain text, at " + Quoted(path)));
    }
    return found;
  }

  const NativeContext& context_;
  const manifests::ParsedFile& file_;
  const Limits& limits_;
  Findings& findings_;
};

bool IsInline(const Node* text) {
  return text != nullptr && text->String().find('\n') != std::string_view::npos;
}

}  // namespace

Findings CheckInlinePatches(const NativeContext& context, const manifests::ParsedFile& kustomization,
                            const Limits& limits) {
  Findings findings;
  InlinePatch patch(context, kustomization, limits, findings);
  for (const manifests::Document& document : kustomization.documents) {
    for (const PatchField& field : kPatchFields) {
      const Node* list = document.root->Find(field.list);
      if (list == nullptr || list->kind != NodeKind::kSequence) continue;
      for (std::size_t i = 0; i < list->children.size(); ++i) {
        const Node& item = list->children[i];
        const Node* text = field.member.empty() ? &item : item.Find(field.member);
        // One line is a path, but in a member that is there for the text.
        if (text == nullptr || !(IsInline(text) || (!field.member.empty() && text->IsString()))) continue;
        std::vector<FieldStep> path = {{.key = field.list}, {.key = {}, .index = i}};
        if (!field.member.empty()) path.push_back({.key = field.member});
        patch.Check(*text, item.Find("target"), manifests::FieldPath(path));
      }
    }
  }
  return findings;
}

}  // namespace sluice::policies
