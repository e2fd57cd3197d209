select
    capitals.state,
    capitals.state_name,
    capitals.capital,
    capitals.airport,
    capitals.airport_name,
    round(capitals.miles_to_airport, 0) as miles_to_airport,
    cast(capitals.flights as bigint) as flights,
    count(distinct routes.destination) as destinations,
    delays.late_percentage
from {{ ref('int_capital_airports') }} as capitals
join {{ ref('int_routes') }} as routes on routes.origin = capitals.airport
join {{ ref('mart_airport_delays') }} as delays on delays.airport = capitals.airport
group by all
