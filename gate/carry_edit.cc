// Kustomize sets images last, so that an entry of `images` with the name of one decides what
// it is, and each part that the entry has is set to that of the wanted image; a part that it
// lacks is nothing that an edit of scalars could add. Any other value is replaced where it
// stands, if it stands there as it is built. Tested by tests/push/promote-folder.sh.
#include "gate/carry_edit.h"

#include <algorithm>
#include <optional>

#include "manifests/render/image_name.h"
#include "manifests/render/resource.h"

namespace sluice::gate {
namespace {

using manifests::EditScalar;
using manifests::Node;
using manifests::NodeKind;
using manifests::ScalarEdit;
using manifests::render::ImageName;
using manifests::render::Place;
using manifests::render::ScalarText;
using manifests::render::SourceFile;
using manifests::render::SplitImage;

constexpr std::string_view kParts[] = {"newName", "newTag", "digest"};

// Whether it makes images of this name.
bool Makes(const Node& entry, std::string_view name) {
  const std::string_view renamed = ScalarText(entry.Find("newName"));
  return !name.empty() && (renamed.empty() ? ScalarText(entry.Find("name")) : renamed) == name;
}

// In the file, of a range in the space of all lines.
Range InFile(const SourceFile& file, Range range) {
  range.begin.line -= file.first;
  range.end.line -= file.first;
  return range;
}

Node TextNode(std::string_view text) {
  Node node;
  node.kind = NodeKind::kString;
  node.text = text;
  return node;
}

// One part of an entry; nothing where it says that already.
Result<std::optional<ScalarEdit>> EditPart(const Node& entry, std::string_view part, std::string_view wanted,
                                           const SourceFile& file) {
  const Node* const value = entry.Find(part);
  const std::string_view was = value == nullptr ? std::string_view() : ScalarText(value);
  if (was == wanted) return std::optional<ScalarEdit>();
  const std::string name(ScalarText(entry.Find("name")));
  if (was.empty())
    return Usage("the entry of `images` for " + name + " has no " + std::string(part) + " to write " +
                 std::string(wanted) + " into");
  if (wanted.empty())
    return Usage("the entry of `images` for " + name + " has a " + std::string(part) +
                 ", and what would be carried has none");
  const Result<ScalarEdit> edit =
      EditScalar(*file.parsed.bytes, InFile(file, value->range), was, TextNode(wanted));
  if (!edit) return edit.error();
  return std::optional<ScalarEdit>(*edit);
}

Result<std::vector<ScalarEdit>> EditEntry(const Node& entry, const Node& built, const Node& becomes,
                                          const SourceFile& file) {
  const ImageName is = SplitImage(ScalarText(&built)), wanted = SplitImage(ScalarText(&becomes));
  if (entry.Find("tagSuffix") != nullptr) return Usage("its entry of `images` has a tagSuffix");
  std::vector<ScalarEdit> edits;
  const std::string_view texts[] = {wanted.name, wanted.tag, wanted.digest};
  for (std::size_t i = 0; i < std::size(kParts); ++i) {
    if (i == 0 && is.name == wanted.name) continue;
    const auto edit = EditPart(entry, kParts[i], texts[i], file);
    if (!edit) return edit.error();
    if (*edit) edits.push_back(**edit);
  }
  return edits;
}

}  // namespace

std::vector<ImageEntry> ImageEntries(const std::vector<std::shared_ptr<const SourceFile>>& kustomizations) {
  std::vector<ImageEntry> entries;
  for (const auto& file : kustomizations) {
    for (const manifests::Document& document : file->parsed.documents) {
      const Node* const images = document.root->Find("images");
      if (images == nullptr || images->kind != NodeKind::kSequence) continue;
      for (const Node& entry : images->children) entries.push_back({file, &entry});
    }
  }
  return entries;
}

Result<VersionEdits> EditsFor(const Node& built, const Node& becomes, const Place& place,
                              const std::vector<ImageEntry>& entries) {
  const std::string_view name = SplitImage(ScalarText(&built)).name;
  for (const ImageEntry& one : entries) {
    if (!Makes(*one.entry, name)) continue;
    Result<std::vector<ScalarEdit>> edits = EditEntry(*one.entry, built, becomes, *one.file);
    if (!edits) return edits.error();
    return VersionEdits{one.file, InFile(*one.file, one.entry->range).begin.line, *std::move(edits)};
  }
  if (place.file == nullptr) return Usage("it stands in no file here");
  const Result<ScalarEdit> edit =
      EditScalar(*place.file->parsed.bytes, place.range, ScalarText(&built), becomes);
  if (!edit) return edit.error();
  return VersionEdits{{std::shared_ptr<const void>(), place.file}, place.range.begin.line, {*edit}};
}

}  // namespace sluice::gate
