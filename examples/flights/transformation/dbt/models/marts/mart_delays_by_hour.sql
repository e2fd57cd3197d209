select
    hour(flights.planned_at) as hour,
    weekdays.name as weekday,
    weekdays.weekday as weekday_number,
    weekdays.is_weekend,
    count(*) as flights,
    {{ percentage('count(*) filter (where flights.is_late)', 'count(flights.delay_minutes)') }} as late_percentage,
    round(avg(flights.delay_minutes), 1) as average_delay_minutes,
    median(flights.delay_minutes) as median_delay_minutes
from {{ ref('stg_flights') }} as flights
join {{ ref('weekdays') }} as weekdays on weekdays.weekday = isodow(flights.planned_at)
group by 1, 2, 3, 4
