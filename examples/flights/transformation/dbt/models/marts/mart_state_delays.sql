select
    states.code as state,
    states.name as state_name,
    states.region,
    count(*) as late_flights,
    round(avg(late.delay_minutes), 1) as average_delay_of_late_flights,
    max(late.delay_minutes) as longest_delay_minutes
from {{ ref('int_late_flights') }} as late
join {{ ref('stg_airports') }} as airports on airports.airport = late.origin
join {{ ref('us_states') }} as states on states.code = airports.state
group by 1, 2, 3
