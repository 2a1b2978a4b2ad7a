// The commands of crane-admin. Each prints what it did and returns the exit
// code; throws with a sentence for the user.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/store/session.h"

namespace crane::admin {

// "--name value" and "--flag" (its value is empty then).
class Arguments {
public:
    Arguments(const std::vector<std::string>& words, std::size_t from);
    bool has(const std::string& name) const { return values_.contains(name); }
    std::string value(const std::string& name, const std::string& otherwise = "") const;

private:
    std::map<std::string, std::string> values_;
};

int migrate(const Arguments& arguments);
// A part of migrate: once the tables are there.
void index_earlier(store::Session& session);
int create_organization(const Arguments& arguments);
int list_organizations();
int create_key(const Arguments& arguments);
int revoke_key(const std::string& which);
int list_keys();
int verify();

}  // namespace crane::admin
