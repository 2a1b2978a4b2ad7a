-- Days, operations and keys whose kept sums of charges differ from the events that are in them.
select books_id, api_key_id, cast(sum(credits) as signed) from (
    select u.books_id, u.day, u.operation, u.api_key_id, u.credits, u.charge_count from credit_usage u
    union all
    select e.books_id, date(e.created_at), e.operation, coalesce(e.api_key_id, x'00000000000000000000000000000000'),
        -e.credits, -1
    from event_sequences s join events e on e.books_id = s.books_id and e.sequence between 1 and s.summed_sequence
    where e.credits > 0
) both_sides
group by books_id, day, operation, api_key_id having sum(credits) <> 0 or sum(charge_count) <> 0 limit 100
