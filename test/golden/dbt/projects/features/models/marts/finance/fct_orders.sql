{{
  config(
    materialized='incremental',
    unique_key='order_id',
    on_schema_change='append_new_columns',
    pre_hook="select 'before'",
    post_hook=["select 'after'", {"sql": "select 'outside'", "transaction": false}]
  )
}}
select
    order_id,
    customer_id,
    amount,
    country,
    {{ toolbox.surrogate(['order_id', 'customer_id']) }} as key
from {{ ref('int_order_customers') }}
{% if is_incremental() %}
where ordered_at > (select max(ordered_at) from {{ this }})
{% endif %}
