// Every check of one file, in order: text, objects, shape, lifecycle, native
// rules, credentials; then the source lines that may be shown (D18: none of a
// document that is a Secret, holds a credential or did not parse).
#include "gate/examine.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "crypto/digest.h"
#include "gate/excuses.h"
#include "gate/references.h"
#include "gate/rules.h"
#include "gate/source_lines.h"
#include "git/attributes.h"
#include "manifests/text.h"

namespace sluice::gate {
namespace {

using manifests::Object;
using manifests::ObjectList;
using manifests::ParsedFile;

constexpr std::size_t kMostFindings = 100;  // of one rule in one file
constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/v1";

// How many findings of a rule there were, and the first that is not listed.
struct Kept {
  std::size_t count = 0;
  ExaminedFinding first_left_out;
};

class Examination {
 public:
  Examination(ParsedFile file, const ExamineOptions& options, Examined& out)
      : file_(std::move(file)), options_(options), excuses_(file_), lines_(file_), out_(out) {}

  void Run() {
    const ObjectList objects = manifests::Objects(file_, *options_.limits);
    out_.shape = objects.shape;
    out_.readable = file_.Readable();
    Take(file_.findings);
    ExtractFacts(file_, objects, out_.facts);
    out_.facts.shrink_to_fit();  // they are kept until the verdict
    if (out_.readable) {
      Take(objects.findings);
      out_.objects.reserve(objects.objects.size());
      for (const Object& object : objects.objects) Judge(object);
      Take(policies::CheckSopsFile({options_.catalog, options_.sops}, file_));
      if (objects.kustomization) Kustomization();
      out_.blank = Blank();
    } else {
      out_.like_manifest = manifests::MayHoldObjects(*file_.bytes);
      Take(manifests::CheckOtherText(file_.path, *file_.bytes));
    }
    Take(policies::CheckCredentials(file_.path, *file_.bytes));
    SumUp();
    for (ExaminedFinding& examined : out_.findings) lines_.Show(examined.finding);
  }

 private:
  void Take(Findings findings, std::size_t object = 0) {
    for (Finding& finding : findings) {
      if (finding.file.empty()) finding.file = file_.path;
      if (finding.rule.starts_with("secret/")) lines_.Hide(finding.range.begin);
      const bool always = ReachOf(finding.rule).always;
      const bool placeholder = excuses_.Placeholder(finding);
      Keep({std::move(finding), always, placeholder, object});
    }
  }

  // What is excused and what is not are counted apart: the one must not crowd out the other.
  void Keep(ExaminedFinding examined) {
    Kept& kept = kept_[{examined.finding.rule, examined.placeholder}];
    if (++kept.count <= kMostFindings || options_.every_finding) {
      out_.findings.push_back(std::move(examined));
    } else if (kept.count == kMostFindings + 1) {
      kept.first_left_out = std::move(examined);
    }
  }

  // One finding for those of a rule that are not listed, at the first of their places.
  void SumUp() {
    if (options_.every_finding) return;
    for (auto& [rule, kept] : kept_) {
      if (kept.count <= kMostFindings) continue;
      const std::size_t more = kept.count - kMostFindings;
      Finding& finding = kept.first_left_out.finding;
      finding.message = std::to_string(more) + " more of the same in this file, from here on, not listed";
      finding.field = {};
      finding.object = {};
      finding.remedy = {};
      out_.findings.push_back(std::move(kept.first_left_out));
    }
  }

  void Kustomization() {
    const policies::NativeContext context{options_.catalog, options_.sops};
    Take(policies::CheckSecretGenerators(file_).findings);
    Take(policies::CheckInlinePatches(context, file_, *options_.limits));
    Take(policies::CheckKustomization(file_));
    Take(CheckReferences(file_, out_.remote));
  }

  bool Blank() const {
    return std::all_of(file_.documents.begin(), file_.documents.end(),
                       [](const manifests::Document& document) {
                         return document.root->kind == manifests::NodeKind::kNull;
                       });
  }

  void Judge(const Object& object) {
    Take(CheckOneObject(options_, excuses_, object), out_.objects.size() + 1);
    out_.objects.push_back(RecordOf(options_, excuses_, object));
  }

  const ParsedFile file_;
  const ExamineOptions& options_;
  const Excuses excuses_;
  SourceLines lines_;
  std::map<std::pair<std::string, bool>, Kept> kept_;  // by rule and placeholder
  Examined& out_;
};

// Whoever decrypts an object takes its SOPS metadata away and puts other
// values in place of the encrypted ones.
bool IsEncrypted(const Object& object) { return policies::IsSopsEncrypted(*object.root); }

Findings WithoutSops(Findings findings, const Excuses& excuses) {
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.field == "sops" || excuses.Encrypted(finding);
  });
  return findings;
}

// Why nobody could say, or what was not checked.
std::string_view ReasonOf(const Object& object, const schemas::KindInfo& kind) {
  if (kind.origin == schemas::Origin::kNone) return "no schema";
  if (IsEncrypted(object)) return "encrypted by SOPS: its values were not judged";
  return kind.has_cel_rules ? "CEL rules of the CRD were not run" : std::string_view();
}

}  // namespace

Findings CheckOneObject(const ExamineOptions& options, const Excuses& excuses, const Object& object) {
  const schemas::Catalog& catalog = *options.catalog;
  Findings findings = schemas::CheckLifecycle(catalog, object);
  Findings shape = schemas::CheckShape(catalog, object);
  if (IsEncrypted(object)) shape = WithoutSops(std::move(shape), excuses);
  std::move(shape.begin(), shape.end(), std::back_inserter(findings));
  Findings native = policies::CheckObject({options.catalog, options.sops}, object);
  std::move(native.begin(), native.end(), std::back_inserter(findings));
  return findings;
}

ExaminedObject RecordOf(const ExamineOptions& options, const Excuses& excuses, const Object& object) {
  ExaminedObject record;
  record.name = object.Name();
  record.place = object.root->range.begin;
  record.crd = object.kind == "CustomResourceDefinition" && object.group == "apiextensions.k8s.io";
  record.placeholders = excuses.has_placeholders();
  record.encrypted = IsEncrypted(object);
  const schemas::KindInfo kind = options.catalog->Find(object.group, object.version, object.kind);
  record.custom = kind.origin != schemas::Origin::kKubernetes;
  if (kind.origin == schemas::Origin::kNone) record.by = Evidence::By::kUnverified;
  record.reason = ReasonOf(object, kind);
  if (!options.canonical && !options.digests) return record;
  record.content = std::make_unique<ObjectContent>();
  if (options.canonical) manifests::CanonicalJson(*object.root, record.content->canonical);
  if (options.digests) record.content->digest = crypto::Hex(manifests::Digest(object));
  return record;
}

const ObjectContent& ExaminedObject::Content() const {
  static const ObjectContent none;
  return content ? *content : none;
}

bool IsManifestName(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json") ||
         name == "Kustomization";
}

Examined Examine(std::string path, std::string bytes, const ExamineOptions& options) {
  Examined examined;
  examined.looked_at = true;
  examined.lfs_pointer = bytes.starts_with(kLfsPointer);
  Examination(manifests::Parse(std::move(path), std::move(bytes), *options.limits), options, examined).Run();
  return examined;
}

Examined ExamineOther(std::string_view path, std::string_view bytes) {
  Examined examined;
  for (Finding& finding : policies::CheckCredentials(path, bytes)) {
    examined.findings.push_back({std::move(finding), true, false});
  }
  for (Finding& finding : manifests::CheckOtherText(std::string(path), bytes)) {
    examined.findings.push_back({std::move(finding), true, false});
  }
  if (path.substr(path.rfind('/') + 1) == ".gitattributes") {
    for (Finding& finding : git::CheckAttributes(path, bytes)) {
      examined.findings.push_back({std::move(finding), true, false});
    }
  }
  examined.looked_at = true;
  return examined;
}

FileFacts FactsOf(std::string path, std::string bytes, const Limits& limits) {
  FileFacts told;
  const ParsedFile file = manifests::Parse(std::move(path), std::move(bytes), limits);
  ExtractFacts(file, manifests::Objects(file, limits), told.facts);
  told.file = file.path;
  return told;
}

}  // namespace sluice::gate
