select
    id as order_id,
    customer_id,
    status,
    placed_at,
    changed_at,
    _ab_cdc_updated_at::timestamptz as committed_at,
from {{ source('shop', 'orders') }}
