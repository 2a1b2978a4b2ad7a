// Applies sql/migrations in order, each once, under a lock in the database.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "deploy/admin/commands.h"
#include "shared/base/config.h"
#include "shared/base/hash.h"
#include "shared/store/queries.h"

namespace crane::admin {
namespace {

struct Migration {
    std::string name;  // "0001_spine"
    std::string text;
};

std::vector<Migration> read_migrations(const std::filesystem::path& directory) {
    std::vector<Migration> migrations;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() != ".sql") continue;
        const std::ifstream file(entry.path());
        std::ostringstream text;
        text << file.rdbuf();
        migrations.push_back({entry.path().stem().string(), text.str()});
    }
    std::ranges::sort(migrations, {}, &Migration::name);
    return migrations;
}

std::vector<std::string> statements_of(const std::string& text) {
    const std::string separator = "\n-- statement\n";
    std::vector<std::string> statements;
    std::size_t begin = 0;
    for (auto end = text.find(separator); end != std::string::npos; end = text.find(separator, begin)) {
        statements.push_back(text.substr(begin, end - begin));
        begin = end + separator.size();
    }
    statements.push_back(text.substr(begin));
    return statements;
}

Config migration_config() {
    auto config = load_config();
    // The right to change tables is kept in a file of its own, which no other
    // program is told of.
    const auto* const file = std::getenv("CRANE_MIGRATION_CONFIG");
    if (file != nullptr) setenv("CRANE_CONFIG", file, 1);
    config.database_user = config_value("CRANE_MIGRATION_USER");
    config.database_password = config_value("CRANE_MIGRATION_PASSWORD");
    if (config.database_user.empty()) {
        throw std::runtime_error(
            "CRANE_MIGRATION_USER is not set; name the file that sets it in CRANE_MIGRATION_CONFIG.");
    }
    return config;
}

void make_tables(store::Session& session) {
    session.run_unprepared(std::string(sql::migrations_make_table.text));
    session.run_unprepared(std::string(sql::migrations_make_lock.text));
    session.run_unprepared(std::string(sql::migrations_fill_lock.text));
    session.commit();
}

void apply(store::Session& session, const Migration& migration) {
    const auto digest = sha256(migration.text);
    {
        auto rows = session.query(sql::migrations_find, {migration.name});
        if (rows.next()) {
            if (rows.text() == as_view(digest)) return;
            throw std::runtime_error(
                "The migration " + migration.name +
                " was changed after it was applied; migrations only go forward: add a new one.");
        }
    }
    for (const auto& statement : statements_of(migration.text)) session.run_unprepared(statement);
    session.execute(sql::migrations_insert, {migration.name, digest});
    session.commit();
    std::printf("applied %s\n", migration.name.c_str());
}

}  // namespace

int migrate(const Arguments& arguments) {
    const auto config = migration_config();
    const auto directory = std::filesystem::path(arguments.value("sql", "sql")) / "migrations";
    const auto migrations = read_migrations(directory);
    if (migrations.empty()) throw std::runtime_error("There is no migration in " + directory.string() + ".");
    const auto session = store::open_session(config, store::SessionKind::write);
    make_tables(*session);
    // Held by a session of its own: a statement that changes a table commits.
    const auto lock = store::open_session(config, store::SessionKind::write);
    lock->query(sql::migrations_lock, {}).next();
    for (const auto& migration : migrations) apply(*session, migration);
    index_earlier(*session);
    return 0;
}

}  // namespace crane::admin
