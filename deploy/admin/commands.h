// The commands of crane-admin. Each prints what it did and returns the exit
// code; throws with a sentence for the user.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/service/api_keys.h"
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

// --format env, for NAME=value lines.
bool is_env(const Arguments& arguments);
void print(bool is_env, const char* name, const char* label, const std::string& value);
// The whole number of an option.
std::int64_t number(const Arguments& arguments, const std::string& name, std::int64_t otherwise);
// Writes the key with this name, all-powerful unless it has permissions, and returns its secret.
std::string make_key(store::Session& session, service::api_keys::ApiKeyRow key, const std::string& name);

int migrate(const Arguments& arguments);
// A part of migrate: once the tables are there.
void index_earlier(store::Session& session);
int create_organization(const Arguments& arguments);
int list_organizations();
int create_key(const Arguments& arguments);
int rotate_key(const std::string& which, const Arguments& arguments);
int revoke_key(const std::string& which);
int list_keys();
int verify();

}  // namespace crane::admin
