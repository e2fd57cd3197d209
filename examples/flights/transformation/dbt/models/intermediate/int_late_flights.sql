{{ config(materialized='ephemeral') }}

select *
from {{ ref('stg_flights') }}
where is_late
