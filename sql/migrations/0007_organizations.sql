-- Organizations: who is isolated from whom, who is suspended, and books that
-- the database itself keeps closed.

-- How many linked organizations one passes on the way down from the ancestor,
-- the last one included. The ancestor's keys reach the books where it is 0.
alter table organization_ancestors add column linked_count int not null default 0 after distance

-- statement
update organization_ancestors x join (
    select y.ancestor_id, y.organization_id, count(*) as linked_count
    from organization_ancestors y
    join organization_ancestors a on a.organization_id = y.organization_id and a.distance < y.distance
    join organizations o on o.id = a.ancestor_id and o.relationship_type = 'linked'
    group by y.ancestor_id, y.organization_id
) counted on counted.ancestor_id = x.ancestor_id and counted.organization_id = x.organization_id
set x.linked_count = counted.linked_count

-- statement
alter table organizations
    add column suspension_reason varchar(1000) not null default '' after suspended_at,
    add key organizations_suspended (suspended_at),
    add constraint organizations_suspension check ((suspended_at is null) = (suspension_reason = ''))

-- statement
-- What posting and the worker must know of the organization, in the one row
-- that both hold or read anyway. is_suspended: this organization, or one above it.
alter table books
    add column closed_through date null,
    add column is_suspended tinyint not null default 0

-- statement
update books b join organizations o on o.id = b.organization_id set b.closed_through = o.books_closed_through

-- statement
create trigger organizations_close_books after update on organizations for each row
begin
    if not (new.books_closed_through <=> old.books_closed_through) then
        update books set closed_through = new.books_closed_through where organization_id = new.id;
    end if;
end

-- statement
-- Nothing becomes posted in a closed period, whoever asks. Each trigger holds
-- the row of the books as the foreign key does, so a closing waits for the
-- postings before it, and those after it see the new date. The words before the
-- colon are known to the programs, like the name of a constraint.
create trigger transactions_keep_closed before insert on transactions for each row
begin
    declare closed date;
    if new.status <> 'pending' then
        set closed = (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
        if new.posting_date <= closed then
            signal sqlstate '45000' set message_text = 'transactions_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end

-- statement
create trigger transactions_keep_closed_when_posted before update on transactions for each row
begin
    declare closed date;
    if old.status = 'pending' and new.status <> 'pending' then
        set closed = (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
        if new.posting_date <= closed then
            signal sqlstate '45000' set message_text = 'transactions_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end

-- statement
create trigger transaction_lines_keep_closed before insert on transaction_lines for each row
begin
    declare closed date;
    if new.posted_at is not null then
        set closed = (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
        if new.posting_date <= closed then
            signal sqlstate '45000' set message_text = 'transaction_lines_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end

-- statement
create trigger transaction_lines_keep_closed_when_posted before update on transaction_lines for each row
begin
    declare closed date;
    if old.posted_at is null and new.posted_at is not null then
        set closed = (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
        if new.posting_date <= closed then
            signal sqlstate '45000' set message_text = 'transaction_lines_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end
