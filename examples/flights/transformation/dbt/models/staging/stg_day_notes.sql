select
    cast(day as date) as day,
    string_agg(distinct note, '; ' order by note) as note
from {{ source('raw', 'day_notes') }}
group by 1
