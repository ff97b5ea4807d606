// The part of an SSH certificate that comes after the key. For crypto/ alone.
#pragma once

#include <string_view>

#include "crypto/public_key.h"
#include "crypto/wire.h"

namespace sluice::crypto {

// `blob` is the whole certificate, `reader` stands behind its key and is left at
// its end. The authority's signature is checked.
Result<Certificate> ReadCertificate(std::string_view blob, WireReader& reader);

}  // namespace sluice::crypto
