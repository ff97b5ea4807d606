#include "git/rules.h"

namespace sluice::git {

const Rule kSymlinkRule = {
    .id = "git/symlink",
    .severity = Severity::kError,
    .title = "a symbolic link among manifests",
    .why =
        "Whoever applies the tree may follow it, out of the folder or out of the repository, and apply what "
        "nobody judged. Tools differ in whether they follow links at all.",
    .remedy = "put the file itself there, or name the other folder in a kustomization",
    .fails = R"(-- apps/shop/deployment.yaml (symlink) --
../../../other/deployment.yaml
)",
    .passes = R"(-- apps/shop/kustomization.yaml --
resources:
- ../base
-- apps/base/kustomization.yaml --
resources:
- settings.yaml
-- apps/base/settings.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
)",
};

// A submodule cannot be written as a file, so there is no example that fails.
const Rule kSubmoduleRule = {
    .id = "git/submodule",
    .severity = Severity::kError,
    .title = "a submodule among manifests",
    .why =
        "Its files lie in another repository: they are not in this push, were not judged, and can change "
        "without one.",
    .remedy =
        "copy the files into this repository, or let a controller read the other one as a source of its own",
    .fails = {},
    .passes = R"(-- apps/shop/settings.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
)",
};

// No command of git writes such a mode, so there is no example that fails.
const Rule kOddModeRule = {
    .id = "git/odd-mode",
    .severity = Severity::kError,
    .title = "an entry with a mode that git does not write",
    .why =
        "Programs differ in what they take it for (a file, a link, a submodule), so what is applied may not "
        "be "
        "what was judged. Only a program other than git makes such trees.",
    .remedy = "commit the file anew with git",
    .fails = {},
    .passes = R"(-- apps/shop/settings.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
)",
};

const Rule kOddPathRule = {
    .id = "git/odd-path",
    .severity = Severity::kError,
    .title = "a path that some system takes for another",
    .why =
        "A name that is \".git\" on Windows or macOS, a control character, a backslash, or bytes that are "
        "not "
        "UTF-8 lead a checkout elsewhere than this check, or hide the file from people.",
    .remedy = "rename the file with plain characters",
    .fails = R"(-- apps/git~1/settings.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
)",
    .passes = R"(-- apps/größe/settings.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
)",
};

const Rule kAttributesRule = {
    .id = "git/attributes",
    .severity = Severity::kError,
    .title = "a checkout has the bytes that were judged",
    .why =
        "With `ident` or `working-tree-encoding` git writes other bytes into a work tree than the repository "
        "holds. Argo CD and whoever runs kubectl in a clone apply those; nobody judged them.",
    .remedy = "name the files of other kinds that the attribute is for, or remove it",
    .fails = "-- .gitattributes --\n*.yaml text ident\n",
    .passes = "-- .gitattributes --\n*.yaml text eol=lf\n*.c ident\n",
};

std::span<const Rule* const> GitRules() {
  static constexpr const Rule* kRules[] = {&kAttributesRule, &kOddModeRule, &kOddPathRule, &kSubmoduleRule,
                                           &kSymlinkRule};
  return kRules;
}

}  // namespace sluice::git
