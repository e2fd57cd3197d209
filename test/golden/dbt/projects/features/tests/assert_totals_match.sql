{{ config(tags=['slow'], severity='warn') }}
select o.order_id
from {{ ref('fct_orders') }} o
left join {{ source('crm', 'orders') }} s on s.id = o.order_id
where o.amount <> {{ cents_to_euros('s.amount_cents') }}
