// Who pushes, as the provider that the installer named says it, and nobody
// else: on any other platform its variable means nothing, since who pushes may
// set it.
#pragma once

#include <string>

#include "gate/operator.h"
#include "hooks/call.h"

namespace sluice::hooks {

// Empty where the provider says nothing. `auto` is the platform's own provider;
// on plain git the local user. An ssh key is named as sshd writes it
// ("ssh-ed25519 AAAA…").
std::string PusherOf(const Call& call, const gate::HookSettings& settings);

// Who runs this process.
std::string LocalUser();

// The name of a user id in the text of /etc/passwd; "uid N" where it has none.
std::string UserName(unsigned id, std::string_view passwd);
// The home of a user id there; "/nonexistent" where it has none.
std::string HomeDirectory(unsigned id, std::string_view passwd);

}  // namespace sluice::hooks
