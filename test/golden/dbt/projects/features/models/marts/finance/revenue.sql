select country, sum(amount) as revenue
from {{ ref('features', 'fct_orders') }}
left join {{ ref('countries') }} on code = country
group by 1
