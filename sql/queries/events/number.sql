-- The next numbers for the oldest events that have none. Only what is committed is seen.
update (select unnumbered.id, row_number() over (order by unnumbered.id) as position
    from (select u.id from events u force index (events_by_sequence)
        where u.books_id = ? and u.sequence = 0 and u.id >= ? order by u.id limit 1000) unnumbered) numbered
straight_join events e on e.books_id = ? and e.id = numbered.id
set e.sequence = ? + numbered.position
