insert into contact_sums (books_id, contact_id, month, account_id, slot, debit, credit, line_count)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?)
on duplicate key update debit = debit + values(debit), credit = credit + values(credit),
    line_count = line_count + values(line_count)
