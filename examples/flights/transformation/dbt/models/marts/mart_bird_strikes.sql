-- The strikes are a sample of all records: compare the states, do not read the rate as the truth.
with departures as (

    select airports.state, sum(daily.flights) as flights
    from {{ ref('int_daily_flights') }} as daily
    join {{ ref('stg_airports') }} as airports on airports.airport = daily.origin
    group by 1

)

select
    states.code as state,
    states.name as state_name,
    count(*) as strikes,
    count(*) filter (where strikes.is_damaging) as damaging_strikes,
    cast(sum(strikes.cost_usd) as bigint) as cost_usd,
    mode(strikes.phase_of_flight order by strikes.strike_id) as usual_phase_of_flight,
    mode(strikes.species order by strikes.strike_id) as usual_species,
    cast(any_value(departures.flights) as bigint) as flights,
    round(100000.0 * count(*) / any_value(departures.flights), 1) as strikes_per_100k_flights
from {{ ref('stg_bird_strikes') }} as strikes
join {{ ref('us_states') }} as states on states.code = strikes.state
left join departures on departures.state = strikes.state
where not strikes.is_military
group by 1, 2
