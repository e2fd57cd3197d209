select
    origin,
    destination,
    cast("count" as integer) as flights
from {{ source('raw', 'route_counts_2008') }}
