select
    orders.status,
    count(distinct orders.order_id) as orders,
    round(sum(items.amount), 2) as amount,
    max(orders.changed_at) as last_change,
from {{ ref('stg_orders') }} as orders
left join {{ ref('stg_order_items') }} as items using (order_id)
group by orders.status
order by orders desc
