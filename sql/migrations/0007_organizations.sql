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
-- Nothing becomes posted in a closed period, whoever asks. The row of the books
-- is held as the foreign key holds it, so a closing waits for the postings
-- before it, and those after it see the new date. A look-up for every row would
-- more than double what this costs a batch, so the session remembers the date for the
-- books and the microsecond of posting, which rows of one commit share and those
-- of another do not. The words before the colon are known to the programs, like
-- the name of a constraint.
create trigger transactions_keep_closed before insert on transactions for each row
begin
    if new.status <> 'pending' then
        if not (@crane_books_id <=> new.books_id and @crane_posted_at <=> new.posted_at) then
            set @crane_closed_through =
                (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
            set @crane_books_id = new.books_id, @crane_posted_at = new.posted_at;
        end if;
        if new.posting_date <= @crane_closed_through then
            signal sqlstate '45000' set message_text = 'transactions_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end

-- statement
create trigger transactions_keep_closed_when_posted before update on transactions for each row
begin
    if old.status = 'pending' and new.status <> 'pending' then
        if not (@crane_books_id <=> new.books_id and @crane_posted_at <=> new.posted_at) then
            set @crane_closed_through =
                (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
            set @crane_books_id = new.books_id, @crane_posted_at = new.posted_at;
        end if;
        if new.posting_date <= @crane_closed_through then
            signal sqlstate '45000' set message_text = 'transactions_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end

-- statement
create trigger transaction_lines_keep_closed before insert on transaction_lines for each row
begin
    if new.posted_at is not null then
        if not (@crane_books_id <=> new.books_id and @crane_posted_at <=> new.posted_at) then
            set @crane_closed_through =
                (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
            set @crane_books_id = new.books_id, @crane_posted_at = new.posted_at;
        end if;
        if new.posting_date <= @crane_closed_through then
            signal sqlstate '45000' set message_text = 'transaction_lines_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end

-- statement
create trigger transaction_lines_keep_closed_when_posted before update on transaction_lines for each row
begin
    if old.posted_at is null and new.posted_at is not null then
        if not (@crane_books_id <=> new.books_id and @crane_posted_at <=> new.posted_at) then
            set @crane_closed_through =
                (select b.closed_through from books b where b.books_id = new.books_id lock in share mode);
            set @crane_books_id = new.books_id, @crane_posted_at = new.posted_at;
        end if;
        if new.posting_date <= @crane_closed_through then
            signal sqlstate '45000' set message_text = 'transaction_lines_keep_closed: nothing is posted in a closed period';
        end if;
    end if;
end
