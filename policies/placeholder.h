// Values that stand for a value: `${VAR}`, `<path:…>`, `op://…`. A field that
// is one of these as a whole holds no secret and no name yet; the tool that
// fills it in (Flux, argocd-vault-plugin, vals, …) is named in the table of
// placeholder.cc.
#pragma once

#include <string_view>

namespace sluice::policies {

// True where all of `text` is one placeholder. A placeholder that carries a
// value of its own (`${PASSWORD:=hunter2}`) is none. Linear in `text`.
bool IsPlaceholder(std::string_view text);

// True where a part of `text` is filled in later: `web-${ENV}`, `{{uid}}-a`. A
// name that holds one cannot be judged yet. Not for secrets: the rest is plain.
bool HoldsPlaceholder(std::string_view text);

// True for one value as SOPS writes it: ENC[AES256_GCM,data:…,iv:…,tag:…,type:…].
bool IsSopsValue(std::string_view text);

}  // namespace sluice::policies
