// Which lines of a .gitattributes file change manifests on checkout.
#include "git/attributes.h"

#include "tests/catch.h"

namespace sluice::git {
namespace {

std::string Found(std::string_view bytes) {
  std::string all;
  for (const Finding& finding : CheckAttributes("a/.gitattributes", bytes)) {
    CHECK(finding.rule == "git/attributes");
    CHECK(finding.file == "a/.gitattributes");
    all += std::to_string(finding.range.begin.line) + ":" + std::to_string(finding.range.begin.column) + "-" +
           std::to_string(finding.range.end.column) + " ";
  }
  return all;
}

TEST_CASE("attributes that leave manifests as they are pass") {
  for (const char* text :
       {"", "\n\n", "# *.yaml ident\n", "  # *.yaml ident", "*.yaml text eol=lf diff=yaml", "*.yaml -ident",
        "*.yaml !ident", "*.yaml -working-tree-encoding", "*.yaml working-tree-encoding=UTF-8",
        "*.yaml working-tree-encoding=utf8", "*.c ident", "\"a b.c\" ident",
        "*.rc working-tree-encoding=UTF-16", "*.psd filter=lfs diff=lfs merge=lfs -text", "ident",
        "*.yaml identity", "*.yaml text=ident"}) {
    CAPTURE(text);
    CHECK(Found(text).empty());
  }
}

TEST_CASE("attributes that rewrite what may be a manifest do not") {
  struct Case {
    std::string text;
    const char* found;
  };
  for (const Case& c :
       std::initializer_list<Case>{{"*.yaml ident", "1:8-13 "},
                                   {"*.yaml ident\r\n", "1:8-13 "},
                                   {"# c\n\n\t*.yml\ttext\tident", "3:13-18 "},
                                   {"* ident", "1:3-8 "},
                                   {"*.y*ml ident", "1:8-13 "},
                                   {"*.[yj]aml ident", "1:11-16 "},
                                   {"apps/** ident", "1:9-14 "},
                                   {"v1.2/** ident", "1:9-14 "},
                                   {"Kustomization ident", "1:15-20 "},
                                   {"*. ident", "1:4-9 "},
                                   {"\"a b.yaml\" ident", "1:12-17 "},
                                   {"\"a \\\" ident\" ident", "1:14-19 "},
                                   {"\"open ident", ""},
                                   {"*.tpl ident", "1:7-12 "},
                                   {"*.txt ident", "1:7-12 "},
                                   {"*.properties working-tree-encoding=IBM037", "1:14-42 "},
                                   {"*.toml ident", "1:8-13 "},
                                   {"*.env ident", "1:7-12 "},
                                   {"[attr]mine ident", "1:12-17 "},
                                   {"[attr]c.c ident", "1:11-16 "},
                                   {"*.json working-tree-encoding=UTF-16", "1:8-36 "},
                                   {"*.yaml working-tree-encoding=UTF-7", "1:8-35 "},
                                   {"*.yaml working-tree-encoding=", "1:8-30 "},
                                   {"*.yaml ident working-tree-encoding=latin1", "1:8-13 1:14-42 "},
                                   {"*.c ident\n*.yaml ident\n*.yaml ident", "2:8-13 3:8-13 "}}) {
    CAPTURE(c.text);
    CHECK(Found(c.text) == c.found);
  }
}

TEST_CASE("any bytes end") {
  CHECK(Found(std::string("\0 ident\n\"\\", 10)) == "1:3-8 ");
  CHECK(Found(std::string(100'000, '"')).empty());
  CHECK(Found(std::string(100'000, '\n')).empty());
}

}  // namespace
}  // namespace sluice::git
