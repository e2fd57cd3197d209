select
    airports.airport,
    airports.name,
    airports.city,
    airports.state,
    states.region,
    cast(sum(daily.flights) as bigint) as flights,
    sum(daily.flights) / days.number >= {{ var('busy_flights_per_day') }} as is_busy,
    {{ percentage('sum(daily.late_flights)', 'sum(daily.timed_flights)') }} as late_percentage,
    round(sum(daily.delay_minutes) / sum(daily.timed_flights), 1) as average_delay_minutes
from {{ ref('int_daily_flights') }} as daily
join {{ ref('stg_airports') }} as airports on airports.airport = daily.origin
left join {{ ref('us_states') }} as states on states.code = airports.state
cross join (select count(*) as number from {{ ref('int_days') }} where is_complete) as days
group by airports.airport, airports.name, airports.city, airports.state, states.region, days.number
