// Countries by their codes of two letters.
#pragma once

#include <string_view>

namespace crane {

// ISO 3166-1 alpha-2 as officially assigned in 2024, and XK, which banks and the European Union use for
// Kosovo. Capitals only.
bool is_country_code(std::string_view text);

}  // namespace crane
