select
    product,
    category,
    sum(quantity) as sold,
    round(sum(amount), 2) as revenue,
from {{ ref('stg_order_items') }}
join {{ ref('stg_orders') }} as orders using (order_id)
where orders.status <> 'cancelled'
group by product, category
order by revenue desc
