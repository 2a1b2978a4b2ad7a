create table if not exists schema_lock (id int not null, primary key (id)) engine = InnoDB
