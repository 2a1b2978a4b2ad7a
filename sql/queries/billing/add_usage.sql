insert into credit_usage (books_id, day, operation, api_key_id, credits, charge_count) values /*rows*/ (?, ?, ?, ?, ?, ?)
on duplicate key update credits = credits + values(credits), charge_count = charge_count + values(charge_count)
