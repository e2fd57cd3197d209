select 1 as id, 2 as amount, now() as ordered_at, 'x' as country, 1 as customer_id
