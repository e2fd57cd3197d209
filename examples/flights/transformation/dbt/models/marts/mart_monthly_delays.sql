select
    cast(date_trunc('month', daily.day) as date) as month,
    states.region,
    cast(sum(daily.flights) as bigint) as flights,
    round(sum(daily.flights) / count(distinct daily.day), 0) as flights_per_day,
    {{ percentage('sum(daily.late_flights)', 'sum(daily.timed_flights)') }} as late_percentage,
    round(sum(daily.delay_minutes) / sum(daily.timed_flights), 1) as average_delay_minutes
from {{ ref('int_daily_flights') }} as daily
join {{ ref('int_days') }} as days on days.day = daily.day and days.is_complete
join {{ ref('stg_airports') }} as airports on airports.airport = daily.origin
join {{ ref('us_states') }} as states on states.code = airports.state
group by 1, 2
