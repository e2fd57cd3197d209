select
    items.order_id,
    items.line,
    products.name as product,
    products.category,
    items.quantity,
    items.quantity * items.price as amount,
from {{ source('shop', 'order_items') }} as items
left join {{ source('shop', 'products') }} as products on products.id = items.product_id
