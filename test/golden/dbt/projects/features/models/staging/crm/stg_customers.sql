with source as (
    select * from {{ source('crm', 'customers') }}
)
select
    id as customer_id,
    name,
    country,
    updated_at
from source
