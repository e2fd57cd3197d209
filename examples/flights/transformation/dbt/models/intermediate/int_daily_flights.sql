{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='day') }}

select
    day,
    origin,
    count(*) as flights,
    count(delay_minutes) as timed_flights,
    count(*) filter (where is_late) as late_flights,
    sum(delay_minutes) as delay_minutes,
    max(loaded_at) as loaded_at
from {{ ref('stg_flights') }}
{% if is_incremental() %}
-- Whole days are counted anew, also old ones for which something arrived late.
where day in (
    select day
    from {{ ref('stg_flights') }}
    where loaded_at > (select max(loaded_at) from {{ this }})
)
{% endif %}
group by 1, 2
