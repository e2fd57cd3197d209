{% set marts = ['mart_airport_delays', 'mart_delays_by_hour', 'mart_monthly_delays', 'mart_routes', 'mart_worst_days'] %}

{% for mart in marts %}
select '{{ mart }}' as mart, late_percentage
from {{ ref(mart) }}
where late_percentage not between 0 and 100
{% if not loop.last %}union all{% endif %}
{% endfor %}
