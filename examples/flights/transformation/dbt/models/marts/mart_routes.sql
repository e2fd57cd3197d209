select
    routes.origin || '-' || routes.destination as route,
    routes.origin,
    routes.destination,
    origins.city as origin_city,
    destinations.city as destination_city,
    routes.flights,
    routes.days_flown,
    rank() over (order by routes.flights desc) as place,
    routes.distance_miles,
    round({{ great_circle_miles('origins', 'destinations') }}, 0) as great_circle_miles,
    round(routes.average_delay_minutes, 1) as average_delay_minutes,
    routes.late_percentage,
    back.flights as flights_back
from {{ ref('int_routes') }} as routes
join {{ ref('stg_airports') }} as origins on origins.airport = routes.origin
join {{ ref('stg_airports') }} as destinations on destinations.airport = routes.destination
left join {{ ref('int_routes') }} as back
    on back.origin = routes.destination and back.destination = routes.origin
