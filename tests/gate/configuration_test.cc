// `.sluice/sluice.yaml` and `.sluice/waivers.yaml`.
#include "gate/configuration.h"

#include "schemas/json_schema_fits.h"
#include "tests/catch.h"
#include "tests/gate/trees.h"

namespace sluice::gate {

extern const std::string_view kSluiceSchema;
extern const std::string_view kWaiversSchema;

namespace {

LoadedConfiguration Load(const std::string& text, Files more = {}) {
  more[".sluice/sluice.yaml"] = text;
  return LoadConfiguration(MemoryTree(more), "test");
}

TEST_CASE("a tree without a configuration gives the defaults") {
  const LoadedConfiguration loaded = LoadConfiguration(MemoryTree(), "defaults");
  CHECK(loaded.findings.empty());
  CHECK(loaded.configuration.roots.WholeTree());
  CHECK_FALSE(loaded.configuration.ratchet);
}

TEST_CASE("every key is read") {
  const LoadedConfiguration loaded = Load(
      "version: 1\nkubernetes: [\"1.34\", \"1.35\"]\nprotect: [main, {branch: \"env/*\", create: true}]\n"
      "roots: {discover: [flux, kustomize], include: [\"apps/**\"], exclude: [\"x/**\"],\n"
      "  urls: [https://x/y], strictSubstitution: true}\n"
      "rules:\n  native: warning\n  schema/enum: [{severity: \"off\", path: \"old/**\"}]\n"
      "clusters:\n  prod-1: {kubernetes: \"1.34\", paths: [\"prod/**\"], branches: [main]}\n"
      "  dev: {kubernetes: \"1.35\"}\n"
      "documents: {\"apps/*/values.yaml\": schemas/values.json}\nratchet: true\nlimits: {pushFiles: 7}\n",
      {{".sluice/schemas/values.json", "{\"type\": \"object\"}"},
       {".sluice/waivers.yaml",
        "- {rule: native/name, objects: [Pod/a/b], owner: sre, reason: r, expires: 2027-01-31}\n"}});
  for (const Finding& finding : loaded.findings) UNSCOPED_INFO(finding.file << ": " << finding.message);
  REQUIRE(loaded.findings.empty());
  const Configuration& configuration = loaded.configuration;
  CHECK(configuration.kubernetes == std::vector<std::string>{"1.34", "1.35"});
  REQUIRE(configuration.protect.size() == 2);
  CHECK(configuration.protect[1].create);
  CHECK_FALSE(configuration.protect[1].force);
  CHECK(configuration.roots.flux);
  CHECK_FALSE(configuration.roots.argo_cd);
  CHECK(configuration.roots.urls == std::vector<std::string>{"https://x/y"});
  CHECK(configuration.roots.strict_substitution);
  REQUIRE(configuration.rules.size() == 2);
  CHECK(configuration.rules[1].path == "old/**");
  REQUIRE(configuration.clusters.size() == 2);
  CHECK(configuration.clusters[0].name == "dev");
  CHECK(configuration.clusters[0].paths.empty());
  CHECK(configuration.clusters[1].kubernetes == "1.34");
  CHECK(configuration.clusters[1].paths == std::vector<std::string>{"prod/**"});
  CHECK(configuration.clusters[1].branches == std::vector<std::string>{"main"});
  REQUIRE(configuration.documents.size() == 1);
  CHECK(configuration.documents[0].schema != nullptr);
  CHECK(configuration.limits.push_files == 7);
  REQUIRE(configuration.waivers.size() == 1);
  CHECK(configuration.waivers[0].expires == "2027-01-31");
}

TEST_CASE("off is off, with quotes or without") {
  for (const char* off : {"off", "\"off\"", "Off", "false"}) {
    CAPTURE(off);
    const LoadedConfiguration loaded = Load("version: 1\nrules: {schema: " + std::string(off) + "}\n");
    CHECK(loaded.findings.empty());
    REQUIRE(loaded.configuration.rules.size() == 1);
    CHECK(loaded.configuration.rules[0].severity == Severity::kOff);
  }
  CHECK_FALSE(Load("version: 1\nrules: {schema: on}\n").findings.empty());
}

TEST_CASE("a repository cannot raise a limit") {
  CHECK(Load("version: 1\nlimits: {fileBytes: 999999999999}\n").configuration.limits.file_bytes ==
        Limits().file_bytes);
}

TEST_CASE("what is wrong in a configuration is a finding at its place") {
  struct Bad {
    const char* text;
    std::uint32_t line;
  };
  for (const Bad& bad :
       {Bad{"kubernetes: [\"1.34\"]\n", 1},  // no version
        {"version: 2\n", 1},
        {"version: \"1\"\n", 1},
        {"version: 1\nratchets: true\n", 2},
        {"version: 1\nratchet: 1\n", 2},
        {"version: 1\nkubernetes: 1.34\n", 2},
        {"version: 1\nkubernetes: [1.34]\n", 2},
        {"version: 1\nkubernetes: [\"1.12\"]\n", 2},
        {"version: 1\nkubernetes: []\n", 2},
        {"version: 1\nprotect: main\n", 2},
        {"version: 1\nprotect: [{create: true}]\n", 2},
        {"version: 1\nroots: {discover: [helm]}\n", 2},
        {"version: 1\nrules: {no-such-group: off}\n", 2},
        {"version: 1\nrules: {schema/no-such-rule: error}\n", 2},
        {"version: 1\nrules: {schema: loud}\n", 2},
        {"version: 1\nrules: {yaml: \"off\"}\n", 2},
        {"version: 1\nrules: {git: warning}\n", 2},
        {"version: 1\nrules: {yaml/syntax: warning}\n", 2},
        {"version: 1\nrules: {git/too-large: [{severity: \"off\", path: \"vendor/**\"}]}\n", 2},
        {"version: 1\nrules: {policy/not-judged: \"off\"}\n", 2},
        {"version: 1\ndocuments: {\"*.yaml\": nowhere.json}\n", 2},
        {"version: 1\ndocuments: {\"*.yaml\": ../../etc/passwd}\n", 2},
        {"version: 1\nlimits: {files: 1}\n", 2},
        {"version: 1\nlimits: {pushFiles: 0}\n", 2},
        {"version: 1\npacks: [flux]\n", 2},
        {"version: 1\ntenants: {}\n", 2},
        {"version: 1\nclusters: [prod]\n", 2},
        {"version: 1\nclusters: {prod: \"1.34\"}\n", 2},
        {"version: 1\nclusters: {prod: {}}\n", 2},
        {"version: 1\nclusters: {prod: }\n", 2},
        {"version: 1\nclusters:\n  prod: {kubernetes: 1.34}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: \"1.12\"}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: \"v1.34\"}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: [\"1.34\"]}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: \"1.34\", server: https://x}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: \"1.34\", paths: \"prod/**\"}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: \"1.34\", paths: []}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: \"1.34\", paths: [\"\"]}\n", 3},
        {"version: 1\nclusters:\n  prod: {kubernetes: \"1.34\", branches: [1]}\n", 3},
        {"version: 1\nclusters:\n  Prod: {kubernetes: \"1.34\"}\n", 3},
        {"version: 1\nclusters:\n  prod/1: {kubernetes: \"1.34\"}\n", 3},
        {"version: 1\nclusters:\n  -prod: {kubernetes: \"1.34\"}\n", 3},
        {"version: 1\nclusters:\n  all: {kubernetes: \"1.34\"}\n", 3},
        {"version: 1\npolicies: {fromTree: true}\n", 2},
        {"version: 1\nversion: 1\n", 2},
        {"version: [\n", 2},
        {"- version: 1\n", 1},
        {"version: 1\n---\nversion: 1\n", 1},
        {"version: 1\nrules: {Native: error}\n", 2},
        {"", 1},
        {"# later\n", 1},
        {"---\n", 1}}) {
    CAPTURE(bad.text);
    const LoadedConfiguration loaded = Load(bad.text);
    REQUIRE_FALSE(loaded.findings.empty());
    CHECK(loaded.findings[0].rule == "policy/configuration");
    CHECK(loaded.findings[0].severity == Severity::kError);
    CHECK(loaded.findings[0].range.begin.line == bad.line);
  }
}

TEST_CASE("what is wrong is said in the words of who writes the file") {
  struct Bad {
    const char* text;
    const char* message;
  };
  for (const Bad& bad :
       {Bad{"version: 1\nkubernetes: [1.34]\n",
            "write \"1.34\" in quotes: without them it is a number with a fraction, and 1.30 would read as "
            "1.3"},
        {"version: 1\nkubernetes: [\"v1.34\"]\n", "\"v1.34\" is not a Kubernetes minor: \"1.34\""},
        {"version: 1\nkubernetes: \"1.34\"\n", "\"1.34\" is not a list of Kubernetes minors: [\"1.34\"]"},
        {"version: 1\nkubernets: [\"1.34\"]\n", "unknown key \"kubernets\", did you mean \"kubernetes\"?"},
        {"version: 1\nrules: {native: erorr}\n", "\"erorr\" is not a severity: off, warning, error"},
        {"version: 1\nrules: {native: [{severity: loud}]}\n",
         "\"loud\" is not a severity: off, warning, error"},
        {"version: 1\nrules: {Native: error}\n",
         "\"Native\" is neither a rule nor a group; `sluice explain` lists them"},
        {"version: 1\nenvironments:\n  dev: {branch: main, soak: 3 days}\n",
         "\"3 days\" is not a duration: 30m, 24h, 3d"},
        {"version: 1\nenvironments:\n  dev: {branch: main, soak: 3}\n", "3 is not a duration: 30m, 24h, 3d"},
        {"version: 1\nenvironments:\n  dev: {branch: main, aproval: 1}\n",
         "unknown key \"aproval\", did you mean \"approvals\"?"},
        {"version: 1\nenvironments:\n  dev: {branch: main, approvals: many}\n",
         "\"many\" is not a number of approvals: 1 or more, or {count: 2, from: GROUP}"},
        {"version: 1\nenvironments:\n  dev: {branch: main, approvals: {cuont: 2}}\n",
         "unknown key \"cuont\", did you mean \"count\"?"},
        {"version: 1\nprotect: [{branch: main, forced: true}]\n",
         "unknown key \"forced\", did you mean \"force\"?"},
        {"version: 1\nclusters: {prod: \"1.34\"}\n",
         "\"1.34\" is not a cluster: write {kubernetes: \"1.34\"}"},
        {"version: 1\nclusters: {Prod: {kubernetes: \"1.34\"}}\n",
         "\"Prod\" is not a cluster's name: lower-case letters, digits and hyphens"},
        {"version: 2\n", "this sluice reads version 1 of the configuration, not 2"},
        {"ratchet: true\n", "missing key \"version\": write version: 1"},
        {"", "the file is empty: write version: 1"},
        {"# later\n", "the file is empty: write version: 1"},
        {"---\n", "the file is empty: write version: 1"}}) {
    CAPTURE(bad.text);
    const LoadedConfiguration loaded = Load(bad.text);
    REQUIRE(loaded.findings.size() == 1);
    CHECK(loaded.findings[0].message == bad.message);
  }
}

// Every word of `text` in turn gives way to each of `others`.
std::vector<std::string> Mutants(const std::string& text) {
  constexpr std::string_view kOf = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./\"*";
  std::vector<std::string> mutants;
  for (std::size_t begin = text.find_first_of(kOf); begin != text.npos;) {
    const std::size_t end = std::min(text.find_first_not_of(kOf, begin), text.size());
    for (const char* other : {"", "x", "Xx", "off", "0", "-1", "7", "true", "~", "[]", "{}", "[x]", "{x: 1}",
                              "\"\"", "\"1.35\"", "schema/enum", "flux", "2026-01-02"}) {
      mutants.push_back(text.substr(0, begin) + other + text.substr(end));
    }
    begin = text.find_first_of(kOf, end);
  }
  return mutants;
}

TEST_CASE("what is seen to fit at once is what valijson takes") {
  const std::string configuration =
      "version: 1\nkubernetes: [\"1.34\", \"1.35\"]\n"
      "protect: [main, {branch: \"env/*\", create: true, delete: false}]\n"
      "roots: {discover: [flux, kustomize], include: [\"apps/**\"], exclude: [x]}\n"
      "rules:\n  native: warning\n  secret: off\n  schema/enum: [{severity: \"off\", path: old}]\n"
      "documents: {values.yaml: values.json}\nratchet: true\nlimits: {pushFiles: 7, depth: 3}\n";
  const std::string waivers =
      "- {rule: native/name, objects: [Pod/a/b, x], owner: sre, reason: r, expires: \"2027-01-31\"}\n";
  std::size_t taken = 0, refused = 0;
  for (const auto& [schema, text] : {std::pair(kSluiceSchema, configuration), {kWaiversSchema, waivers}}) {
    const Result<schemas::JsonSchema> judge = schemas::JsonSchema::Parse(schema);
    REQUIRE(judge);
    REQUIRE(schemas::SurelyFits(schema, manifests::Parse("c.yaml", text, Limits())));
    for (const std::string& mutant : Mutants(text)) {
      const manifests::ParsedFile file = manifests::Parse("c.yaml", mutant, Limits());
      if (!file.Readable()) continue;
      CAPTURE(mutant);
      const bool takes = judge->Check(file).empty();
      CHECK(schemas::SurelyFits(schema, file) == takes);
      takes ? ++taken : ++refused;
    }
  }
  CHECK(taken > 50);
  CHECK(refused > 500);
}

TEST_CASE("what a later version will know is refused by name") {
  CHECK(Load("version: 1\ntenants: {}\n").findings.at(0).message == "`tenants` is not in this version");
  CHECK(Load("version: 1\ncarry: [images]\n").findings.at(0).message == "`carry` belongs to an environment");
}

TEST_CASE("a waiver says all five things") {
  for (const char* bad :
       {"- {rule: native/name, objects: [x], owner: o, reason: r}\n",
        "- {rule: native/name, owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: native/name, paths: [], owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: native/name, paths: x, owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: native/name, objects: [], owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: ab, objects: [x], owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: native/name, objects: [x], owner: o, reason: r, expires: soon}\n",
        "- {rule: native/name, objects: [x], owner: o, reason: \"\", expires: 2027-01-01}\n",
        "- {rule: schema/unknown-fieldz, objects: [x], owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: schema, objects: [x], owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: yaml/syntax, objects: [x], owner: o, reason: r, expires: 2027-01-01}\n",
        "- {rule: native/name, objects: [x], owner: o, reason: r, expires: 2099-99-99}\n",
        "- {rule: native/name, objects: [x], owner: o, reason: r, expires: 2027-02-29}\n", "rule: a/b\n",
        "- {rule: native/name, objects: x, owner: o, reason: r, expires: 2027-01-01, y: z}\n"}) {
    CAPTURE(bad);
    const LoadedConfiguration loaded =
        LoadConfiguration(MemoryTree(Files{{".sluice/waivers.yaml", bad}}), "test");
    CHECK_FALSE(loaded.findings.empty());
  }
}

TEST_CASE("a rule of a group that may be lowered is lowered, and errors may be said again") {
  CHECK(Load("version: 1\nrules: {yaml: error, git/symlink: \"off\", policy/waiver-ends: \"off\"}\n")
            .findings.empty());
}

// A tree with entries of other kinds than files.
class OddTree : public MemoryTree {
 public:
  OddTree(Files files, std::string directory, FileEntry odd)
      : MemoryTree(std::move(files)), directory_(std::move(directory)), odd_(std::move(odd)) {}
  Result<std::vector<FileEntry>> List(const RepoPath& directory) const override {
    Result<std::vector<FileEntry>> entries = MemoryTree::List(directory);
    if (entries && directory.text() == directory_) entries->push_back(odd_);
    return entries;
  }

 private:
  std::string directory_;
  FileEntry odd_;
};

TEST_CASE("what stands in the place of the configuration is a finding, never an absence") {
  struct Odd {
    const char* directory;
    FileEntry entry;
    const char* file;
  };
  const Files files = {
      {".sluice/sluice.yaml", "version: 1\n"}, {"a.yaml", "a: 1\n"}, {".sluice/schemas/a.json", "{}"}};
  const Files none = {{"a.yaml", "a: 1\n"}};
  for (const Odd& odd :
       {Odd{"", {".sluice", FileKind::kSymlink, {}}, ".sluice"},
        {"", {".sluice", FileKind::kSubmodule, {}}, ".sluice"},
        {"", {".sluice", FileKind::kFile, {}}, ".sluice"},
        {"", {".sluice", FileKind::kOdd, {}}, ".sluice"},
        {"", {".Sluice", FileKind::kDirectory, {}}, ".Sluice"},
        {".sluice", {"waivers.yaml", FileKind::kSymlink, {}}, ".sluice/waivers.yaml"},
        {".sluice", {"waivers.yaml", FileKind::kDirectory, {}}, ".sluice/waivers.yaml"},
        {".sluice", {"sluice.yml", FileKind::kFile, {}}, ".sluice/sluice.yml"},
        {".sluice", {"Sluice.yaml", FileKind::kFile, {}}, ".sluice/Sluice.yaml"},
        {".sluice", {"waivers.yml", FileKind::kFile, {}}, ".sluice/waivers.yml"},
        {".sluice", {"policies", FileKind::kDirectory, {}}, ".sluice/policies"},
        {".sluice", {"vendor", FileKind::kSubmodule, {}}, ".sluice/vendor"},
        {".sluice/schemas", {"b.bundle", FileKind::kSymlink, {}}, ".sluice/schemas/b.bundle"}}) {
    CAPTURE(odd.directory, odd.entry.name, static_cast<int>(odd.entry.kind));
    const bool instead = odd.entry.name == ".sluice";
    const LoadedConfiguration loaded =
        LoadConfiguration(OddTree(instead ? none : files, odd.directory, odd.entry), "test");
    REQUIRE(loaded.findings.size() == 1);
    CHECK(loaded.findings[0].rule == "policy/configuration");
    CHECK(loaded.findings[0].file == odd.file);
  }
}

TEST_CASE("schemas that documents name, and what is nobody's configuration, may stand beside it") {
  CHECK(Load("version: 1\ndocuments: {\"a.yaml\": values.json, \"b.yaml\": more/x.json}\n",
             {{".sluice/values.json", "{}"},
              {".sluice/more/x.json", "{}"},
              {".sluice/README.md", "x"},
              {".sluice/.sluice.yaml.swp", "x"},
              {".sluice/sluice.yaml~", "x"},
              {".sluice/OWNERS", "x"}})
            .findings.empty());
}

}  // namespace
}  // namespace sluice::gate
