select
    days.day,
    weekdays.name as weekday,
    notes.note,
    cast(days.flights as bigint) as flights,
    {{ percentage('days.late_flights', 'days.timed_flights') }} as late_percentage,
    round(days.delay_minutes / days.timed_flights, 1) as average_delay_minutes,
    row_number() over (order by days.late_flights / days.timed_flights desc, days.day) as place
from {{ ref('int_days') }} as days
join {{ ref('weekdays') }} as weekdays on weekdays.weekday = isodow(days.day)
left join {{ ref('stg_day_notes') }} as notes on notes.day = days.day
where days.is_complete
