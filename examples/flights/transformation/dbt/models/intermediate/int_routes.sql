select
    origin,
    destination,
    count(*) as flights,
    count(distinct day) as days_flown,
    avg(delay_minutes) as average_delay_minutes,
    {{ percentage('count(*) filter (where is_late)', 'count(delay_minutes)') }} as late_percentage,
    max(distance_miles) as distance_miles
from {{ ref('stg_flights') }}
group by 1, 2
