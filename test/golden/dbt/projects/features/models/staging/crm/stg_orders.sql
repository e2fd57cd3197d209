{{ config(tags=['orders'], meta={'pii': false}) }}
select
    id as order_id,
    customer_id,
    {{ cents_to_euros('amount_cents') }} as amount,
    status,
    ordered_at
from {{ source('crm', 'orders') }}
where ordered_at >= '{{ var("start_date") }}'
