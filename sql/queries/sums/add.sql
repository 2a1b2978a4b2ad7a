insert into account_sums (books_id, level, period, account_id, slot, debit, credit, base_debit, base_credit, line_count)
values /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on duplicate key update debit = debit + values(debit), credit = credit + values(credit),
    base_debit = base_debit + values(base_debit), base_credit = base_credit + values(base_credit),
    line_count = line_count + values(line_count)
