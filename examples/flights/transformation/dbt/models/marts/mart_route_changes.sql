-- Flights per day, because one source covers half a year and the other a whole one.
with days as (

    select count(*) as number
    from {{ ref('int_days') }}
    where is_complete

),

before as (

    select routes.origin, routes.destination, routes.flights / days.number as per_day
    from {{ ref('int_routes') }} as routes
    cross join days

),

after as (

    select origin, destination, flights / (date '2009-01-01' - date '2008-01-01') as per_day
    from {{ ref('stg_route_counts_2008') }}

)

select
    origin || '-' || destination as route,
    origin,
    destination,
    round(coalesce(before.per_day, 0), 2) as flights_per_day_2001,
    round(coalesce(after.per_day, 0), 2) as flights_per_day_2008,
    {{ percentage('(after.per_day - before.per_day)', 'before.per_day') }} as change_percentage,
    case
        when before.per_day is null then 'new'
        when after.per_day is null then 'given up'
        else 'kept'
    end as fate
from before
full join after using (origin, destination)
