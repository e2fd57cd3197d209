select
    states.code as state,
    states.name as state_name,
    capitals.city as capital,
    cast(capitals.lat as double) as latitude,
    cast(capitals.lon as double) as longitude
from {{ source('raw', 'state_capitals') }} as capitals
join {{ ref('us_states') }} as states on states.name = capitals.state
