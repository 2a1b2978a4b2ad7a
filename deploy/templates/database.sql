-- Fed to mariadbd --bootstrap, before the database is ever reachable.
FLUSH PRIVILEGES;
DELETE FROM mysql.global_priv WHERE User NOT IN ('mariadb.sys') AND NOT (User = 'root' AND Host = 'localhost');
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY '@ROOT_PASSWORD@';
CREATE DATABASE IF NOT EXISTS crane CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
-- The programs: rows only. Tables and triggers are the migrations' business.
CREATE USER 'crane'@'localhost' IDENTIFIED BY '@APPLICATION_PASSWORD@';
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON crane.* TO 'crane'@'localhost';
CREATE USER 'crane_migration'@'localhost' IDENTIFIED BY '@MIGRATION_PASSWORD@';
GRANT ALL PRIVILEGES ON crane.* TO 'crane_migration'@'localhost';
FLUSH PRIVILEGES;
