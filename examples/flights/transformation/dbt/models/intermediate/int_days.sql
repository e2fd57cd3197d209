select
    day,
    sum(flights) as flights,
    sum(timed_flights) as timed_flights,
    sum(late_flights) as late_flights,
    sum(delay_minutes) as delay_minutes,
    -- The first and the last day of a file may be cut off.
    sum(flights) > 0.5 * median(sum(flights)) over () as is_complete
from {{ ref('int_daily_flights') }}
group by 1
