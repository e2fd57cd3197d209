{{ config(severity='warn') }}
-- More than one in ten thousand would mean that the source changed its ways.
select count(*) - count(delay_minutes) as incredible
from {{ ref('stg_flights') }}
having count(*) - count(delay_minutes) > count(*) / 10000
