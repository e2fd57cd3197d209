-- What the marts sold is what the items say.
with items as (
    select sum(amount) as amount
    from {{ ref('stg_order_items') }}
    join {{ ref('stg_orders') }} as orders using (order_id)
    where orders.status <> 'cancelled'
),
marts as (
    select sum(revenue) as amount from {{ ref('mart_best_sellers') }}
)
select items.amount as items, marts.amount as marts
from items, marts
where abs(items.amount - marts.amount) > 1
