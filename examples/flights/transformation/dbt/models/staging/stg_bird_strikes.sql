select
    cast(strikes.strike_id as integer) as strike_id,
    cast(strikes.flight_date as date) as day,
    states.code as state,
    strikes.airport_name,
    strikes.phase_of_flight,
    strikes.time_of_day,
    strikes.wildlife_species as species,
    strikes.wildlife_size,
    strikes.damage <> 'None' as is_damaging,
    strikes.operator = 'MILITARY' as is_military,
    cast(strikes.cost_usd as bigint) as cost_usd
from {{ source('raw', 'bird_strikes') }} as strikes
left join {{ ref('us_states') }} as states on strikes.origin_state in (states.name, states.code)
