// Every check of one file, in order: text, objects, shape, lifecycle, native
// rules, credentials; then the source lines that may be shown (D18: none of a
// document that is a Secret, holds a credential or did not parse).
#include "gate/examine.h"

#include <algorithm>

#include "crypto/digest.h"

namespace sluice::gate {
namespace {

using manifests::Object;
using manifests::ObjectList;
using manifests::ParsedFile;

bool HoldsAlways(const Finding& finding) {
  return finding.rule.starts_with("secret/") || finding.rule.starts_with("text/");
}

class Examination {
 public:
  Examination(ParsedFile file, const ExamineOptions& options, Examined& out)
      : file_(std::move(file)), options_(options), out_(out) {}

  void Run() {
    const ObjectList objects = manifests::Objects(file_, *options_.limits);
    out_.shape = objects.shape;
    out_.readable = file_.Readable();
    Take(file_.findings);
    if (out_.readable) {
      Take(objects.findings);
      ExtractFacts(file_, objects, out_.facts);
      for (const Object& object : objects.objects) Judge(object);
      Take(policies::CheckSopsFile({options_.catalog, options_.sops}, file_));
      if (objects.shape == manifests::Shape::kKustomization) {
        Take(policies::CheckSecretGenerators(file_).findings);
      }
      out_.blank = Blank();
    } else {
      out_.like_manifest = LikeManifest();
    }
    Take(policies::CheckCredentials(file_.path, *file_.bytes));
    ShowSourceLines(objects);
  }

 private:
  void Take(Findings findings) {
    for (Finding& finding : findings) {
      if (finding.file.empty()) finding.file = file_.path;
      const bool always = HoldsAlways(finding);
      const bool placeholder = HasPlaceholder(finding.range);
      out_.findings.push_back({std::move(finding), always, placeholder});
    }
  }

  bool HasPlaceholder(const Range& range) const {
    return manifests::LineOf(*file_.bytes, range.begin.line).find("${") != std::string_view::npos;
  }

  bool Blank() const {
    return std::all_of(file_.documents.begin(), file_.documents.end(),
                       [](const manifests::Document& document) {
                         return document.root->kind == manifests::NodeKind::kNull;
                       });
  }

  // Escapes could hide the word, so a file with escapes is suspected too.
  bool LikeManifest() const {
    const std::string_view bytes = *file_.bytes;
    return bytes.find("apiVersion") != bytes.npos || bytes.find("\\u") != bytes.npos ||
           bytes.find("\\x") != bytes.npos || bytes.find("\\U") != bytes.npos ||
           bytes.find('\0') != bytes.npos;
  }

  void Judge(const Object& object) {
    const schemas::Catalog& catalog = *options_.catalog;
    Take(schemas::CheckLifecycle(catalog, object));
    Take(IsEncrypted(object) ? WithoutSops(schemas::CheckShape(catalog, object))
                             : schemas::CheckShape(catalog, object));
    Take(policies::CheckObject({options_.catalog, options_.sops}, object));
    out_.objects.push_back(Record(object));
  }

  // Whoever decrypts an object takes its SOPS metadata away and puts other
  // values in place of the encrypted ones.
  static bool IsEncrypted(const Object& object) { return policies::IsSopsEncrypted(*object.root); }

  Findings WithoutSops(Findings findings) const {
    std::erase_if(findings, [&](const Finding& finding) {
      return finding.field == "sops" ||
             manifests::LineOf(*file_.bytes, finding.range.begin.line).find("ENC[") != std::string_view::npos;
    });
    return findings;
  }

  ExaminedObject Record(const Object& object) const {
    ExaminedObject record;
    record.place = object.root->range.begin;
    record.judged.file = file_.path;
    record.judged.line = record.place.line;
    record.judged.name = object.Name();
    record.identity = IdentityKey(object);
    record.crd = object.kind == "CustomResourceDefinition" && object.group == "apiextensions.k8s.io";
    record.placeholders = file_.bytes->find("${") != std::string::npos;
    const schemas::KindInfo kind = options_.catalog->Find(object.group, object.version, object.kind);
    record.custom = kind.origin != schemas::Origin::kKubernetes;
    record.judged.evidence.push_back(EvidenceOf(object, kind));
    if (options_.canonical) manifests::CanonicalJson(*object.root, record.canonical);
    if (options_.digests) record.judged.digest = crypto::Hex(manifests::Digest(object));
    return record;
  }

  static Evidence EvidenceOf(const Object& object, const schemas::KindInfo& kind) {
    if (kind.origin == schemas::Origin::kNone) {
      return {Evidence::By::kUnverified, {}, "no schema"};
    }
    if (IsEncrypted(object))
      return {Evidence::By::kOffline, {}, "encrypted by SOPS: its values were not judged"};
    if (kind.has_cel_rules) return {Evidence::By::kOffline, {}, "CEL rules of the CRD were not run"};
    return {};
  }

  void ShowSourceLines(const ObjectList& objects) {
    if (!out_.readable || out_.findings.empty()) return;
    std::vector<bool> hidden(file_.documents.size(), false);
    for (const Object& object : objects.objects) {
      if (policies::HidesSource(object)) hidden[object.document] = true;
    }
    for (const ExaminedFinding& examined : out_.findings) {
      if (!examined.finding.rule.starts_with("secret/")) continue;
      for (std::size_t i = 0; i < hidden.size(); ++i)
        hidden[i] = hidden[i] || Covers(i, examined.finding.range);
    }
    for (ExaminedFinding& examined : out_.findings) ShowLine(examined.finding, hidden);
  }

  // A line between two documents belongs to the one before it.
  bool Covers(std::size_t document, const Range& range) const {
    const bool after_begin = document == 0 || file_.documents[document].range.begin.line <= range.begin.line;
    const bool before_next = document + 1 == file_.documents.size() ||
                             range.begin.line < file_.documents[document + 1].range.begin.line;
    return after_begin && before_next;
  }

  void ShowLine(Finding& finding, const std::vector<bool>& hidden) const {
    if (finding.rule.starts_with("secret/") || finding.range.begin.line == 0) return;
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      if (hidden[i] && Covers(i, finding.range)) return;
    }
    finding.source_line = manifests::LineOf(*file_.bytes, finding.range.begin.line);
  }

  const ParsedFile file_;
  const ExamineOptions& options_;
  Examined& out_;
};

}  // namespace

bool IsManifestName(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json") ||
         name == "Kustomization";
}

Examined Examine(std::string path, std::string bytes, const ExamineOptions& options) {
  Examined examined;
  examined.path = path;
  Examination(manifests::Parse(std::move(path), std::move(bytes), *options.limits), options, examined).Run();
  return examined;
}

Examined ExamineOther(std::string path, std::string_view bytes) {
  Examined examined;
  for (Finding& finding : policies::CheckCredentials(path, bytes)) {
    examined.findings.push_back({std::move(finding), true, false});
  }
  examined.path = std::move(path);
  return examined;
}

std::vector<Fact> FactsOf(std::string path, std::string bytes, const Limits& limits) {
  std::vector<Fact> facts;
  const ParsedFile file = manifests::Parse(std::move(path), std::move(bytes), limits);
  if (file.Readable()) ExtractFacts(file, manifests::Objects(file, limits), facts);
  return facts;
}

}  // namespace sluice::gate
