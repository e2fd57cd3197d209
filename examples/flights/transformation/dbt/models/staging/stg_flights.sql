with flights as (

    select
        cast("date" as timestamp) as departed_at,
        cast({{ credible_delay('delay') }} as integer) as delay_minutes,
        cast(distance as integer) as distance_miles,
        origin,
        destination,
        _airbyte_extracted_at as loaded_at
    from {{ source('raw', 'flights') }}
    where origin <> destination

)

select
    departed_at,
    cast(departed_at as date) as day,
    departed_at - to_minutes(greatest(coalesce(delay_minutes, 0), 0)) as planned_at,
    origin,
    destination,
    distance_miles,
    delay_minutes,
    {{ is_late('delay_minutes') }} as is_late,
    loaded_at
from flights
