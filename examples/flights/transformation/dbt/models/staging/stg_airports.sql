select
    airports.iata as airport,
    airports.name,
    coalesce({{ known('airports.city') }}, corrections.city) as city,
    coalesce({{ known('airports.state') }}, corrections.state) as state,
    airports.country,
    cast(airports.latitude as double) as latitude,
    cast(airports.longitude as double) as longitude
from {{ source('raw', 'airports') }} as airports
left join {{ ref('airport_corrections') }} as corrections on corrections.airport = airports.iata
