select
    customers.id as customer_id,
    customers.name,
    customers.city,
    count(distinct orders.order_id) as orders,
    coalesce(round(sum(items.amount), 2), 0) as spent,
from {{ source('shop', 'customers') }} as customers
left join {{ ref('stg_orders') }} as orders on orders.customer_id = customers.id and orders.status <> 'cancelled'
left join {{ ref('stg_order_items') }} as items using (order_id)
group by customers.id, customers.name, customers.city
order by spent desc
