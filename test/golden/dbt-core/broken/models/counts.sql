select nothing_here as orders from {{ ref('orders') }}
