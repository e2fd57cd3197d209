{{ config(store_failures=true) }}
select * from {{ ref('orders') }} where day is null
