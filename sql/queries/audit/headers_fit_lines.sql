-- Headers that tell another number of lines, day or state than their lines.
select t.books_id, t.id, t.entry_count from transactions t
left join transaction_lines l on l.books_id = t.books_id and l.transaction_id = t.id
group by t.books_id, t.id, t.entry_count, t.posting_date, t.posted_at
having count(l.position) <> t.entry_count
    or sum(l.posting_date <> t.posting_date) > 0
    or sum(not (l.posted_at <=> t.posted_at)) > 0
limit 100
