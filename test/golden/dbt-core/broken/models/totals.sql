select nullif(sum(amount), 5) as total from {{ ref('orders') }} where amount > 100 or amount < 4
