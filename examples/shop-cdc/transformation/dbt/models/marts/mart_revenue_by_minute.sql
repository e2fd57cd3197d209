select
    date_trunc('minute', orders.placed_at) as minute,
    count(distinct orders.order_id) as orders,
    round(sum(items.amount), 2) as revenue,
from {{ ref('stg_orders') }} as orders
join {{ ref('stg_order_items') }} as items using (order_id)
where orders.status <> 'cancelled'
group by 1
order by 1 desc
