-- The nearest airport that anybody flies from, for each capital.
with served as (

    select
        airports.*,
        departures.flights
    from {{ ref('stg_airports') }} as airports
    join (
        select origin, sum(flights) as flights
        from {{ ref('int_daily_flights') }}
        group by 1
    ) as departures on departures.origin = airports.airport

)

select
    capitals.state,
    capitals.state_name,
    capitals.capital,
    served.airport,
    served.name as airport_name,
    served.flights,
    {{ great_circle_miles('capitals', 'served') }} as miles_to_airport
from {{ ref('stg_state_capitals') }} as capitals
cross join served
qualify row_number() over (partition by capitals.state order by miles_to_airport) = 1
