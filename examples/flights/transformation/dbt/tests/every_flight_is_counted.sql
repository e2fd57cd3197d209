-- The incremental table and the raw rows agree, however often and in whatever order files arrive.
with counted as (

    select sum(flights) as flights from {{ ref('int_daily_flights') }}

),

staged as (

    select count(*) as flights from {{ ref('stg_flights') }}

)

select counted.flights as counted, staged.flights as staged
from counted, staged
where counted.flights is distinct from staged.flights
